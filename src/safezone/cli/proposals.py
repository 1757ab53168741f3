"""Reads proposals for `safezone assess` from a file, standard input or the command line."""

import json
import sys
from pathlib import Path
from typing import Any

from safezone.assessment import Proposal
from safezone.errors import InvalidInputFile, InvalidProposal

_MEMBERS = ("id", "title", "abstract")
_LONGEST_TITLE_LINE = 300


def read_source(source: str) -> str:
    """The text of a file, or of standard input where the source is `-`."""
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise InvalidInputFile(f"{source} cannot be read: {error.strerror}.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputFile(f"{source} is not UTF-8 text. Save it as UTF-8.") from error


def parse_proposals(text: str, source: str) -> list[Proposal]:
    """Proposals from JSON (an object or a list), JSON Lines or plain text.

    Plain text is one abstract; a short first line with an empty line after it is its title.
    """
    stripped = text.lstrip()
    if stripped.startswith(("{", "[")):
        return [_proposal(row, f"{source}, {place}") for place, row in _json_rows(stripped, source)]
    first, _, rest = text.strip().partition("\n")
    if rest.startswith(("\n", "\r\n")) and len(first) <= _LONGEST_TITLE_LINE:
        return [Proposal(abstract=rest.strip(), title=first.strip())]
    return [Proposal(abstract=text.strip())]


def _json_rows(text: str, source: str) -> list[tuple[str, Any]]:
    try:
        whole = json.loads(text)
    except ValueError:
        pass
    else:
        if isinstance(whole, list):
            return [(f"item {number}", row) for number, row in enumerate(whole, 1)]
        return [("the object", whole)]
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                rows.append((f"line {number}", json.loads(line)))
            except ValueError as error:
                raise InvalidInputFile(
                    f"{source}, line {number} is not valid JSON. Give a JSON object, a list, JSON "
                    "Lines or plain text."
                ) from error
    return rows


def _proposal(row: Any, place: str) -> Proposal:
    if not isinstance(row, dict) or "abstract" not in row:
        raise InvalidInputFile(f"{place}: expected an object with {', '.join(_MEMBERS)}.")
    known = {name: row[name] for name in _MEMBERS if row.get(name) is not None}
    try:
        return Proposal(**known)
    except TypeError as error:
        raise InvalidInputFile(f"{place}: 'abstract' must be a string.") from error
    except InvalidProposal as error:
        raise InvalidProposal(error.field, error.code, f"{place}: {error}") from error
