"""Where policies come from: those that ship with the package, and a funder's own files."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from safezone.errors import InvalidPolicy
from safezone.policy.profile import Policy, parse_policy

SUFFIX = ".toml"


@cache
def shipped_policies() -> Mapping[str, Policy]:
    """The shipped profiles by id, in the order of their ids."""
    folder = resources.files("safezone.policy") / "profiles"
    texts = {
        entry.name.removesuffix(SUFFIX): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(SUFFIX)
    }
    return {policy_id: parse_policy(texts[policy_id]) for policy_id in sorted(texts)}


def read_policy(path: Path) -> Policy:
    """A profile from a TOML file. Raises InvalidPolicy, which names the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidPolicy(f"{path} cannot be read as a text file in UTF-8.") from error
    try:
        return parse_policy(text)
    except InvalidPolicy as error:
        raise InvalidPolicy(f"{path}: {error}") from error


def load_policies(folder: Path | None = None) -> Mapping[str, Policy]:
    """The shipped profiles and those of a folder's `.toml` files, by id.

    Raises InvalidPolicy, which lists what is wrong in every file, where a file is not valid or an
    id is taken.
    """
    policies = dict(shipped_policies())
    if folder is None:
        return policies
    if not folder.is_dir():
        raise InvalidPolicy(f"{folder} is no folder of policies.")
    problems = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            policy = read_policy(path)
        except InvalidPolicy as error:
            problems.append(str(error))
            continue
        if policy.id in policies:
            problems.append(f"{path}: the id '{policy.id}' is taken. Choose another id.")
        policies[policy.id] = policy
    if problems:
        raise InvalidPolicy(" ".join(problems))
    return dict(sorted(policies.items()))


def find_policy(name: str, policies: Mapping[str, Policy] | None = None) -> Policy:
    """The policy of that id, or of that `.toml` file. Raises InvalidPolicy with the ids there are.

    `policies` are those to choose from; by default the shipped ones.
    """
    if name.endswith(SUFFIX):
        return read_policy(Path(name))
    known = shipped_policies() if policies is None else policies
    if name not in known:
        raise InvalidPolicy(
            f"There is no such policy. Policies: {', '.join(known)}; or give the path of a "
            f"{SUFFIX} file."
        )
    return known[name]
