"""What a public source must offer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from xml.etree import ElementTree

from safezone.corpus.web import Web
from safezone.errors import SourceUnavailable


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record to look for: the source's own identifier, and its year where that is known."""

    identifier: str
    year: int | None


@dataclass(frozen=True, slots=True)
class FetchedText:
    """Title and abstract as the source has them today, markup and boilerplate taken out."""

    identifier: str
    title: str
    abstract: str


class Source(Protocol):
    """A public source of abstracts.

    `url` is the address of its API, `pause` the seconds that its terms ask for between requests.
    """

    name: str
    url: str
    pause: float

    def fetch(self, web: Web, url: str, wanted: Sequence[Wanted]) -> Iterator[list[FetchedText]]:
        """The records that the source still has, as they come, one list a request.

        Records that it does not have are left out. Raises SourceUnavailable.
        """
        ...


def unexpected(url: str, error: Exception | None = None) -> SourceUnavailable:
    """The error for an answer that is not in the documented format."""
    kind = f" ({type(error).__name__})" if error else ""
    return SourceUnavailable(
        f"{url} answers, but not in its documented format{kind}. Its API may have changed; look "
        "for a newer version of safezone, or name a mirror with --endpoint."
    )


def batches(wanted: Sequence[str], size: int) -> Iterator[list[str]]:
    """The identifiers in lists of at most `size`, in order."""
    for at in range(0, len(wanted), size):
        yield list(wanted[at : at + size])


def xml_of(url: str, content: bytes) -> ElementTree.Element:
    """The root of an XML answer. Raises SourceUnavailable where it is none."""
    try:
        # Expat resolves no external entities and bounds the expansion of internal ones.
        return ElementTree.fromstring(content)  # noqa: S314
    except ElementTree.ParseError as error:
        raise unexpected(url, error) from error


def text_of(row: dict[str, Any], key: str) -> str:
    """A member that may be missing or null, as text."""
    value = row.get(key)
    return value if isinstance(value, str) else ""
