"""arXiv API: https://info.arxiv.org/help/api/user-manual.html"""

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from safezone.corpus.sources.markup import plain
from safezone.corpus.sources.port import FetchedText, Wanted, batches, xml_of
from safezone.corpus.web import Web

_BATCH = 100
_ATOM = {"atom": "http://www.w3.org/2005/Atom"}
_IDENTIFIER = re.compile(r"/abs/(?P<identifier>.+?)(?:v\d+)?$")


class Arxiv:
    """A hundred papers a request, in the newest version that the archive has."""

    name = "arxiv"
    url = "https://export.arxiv.org/api"
    pause = 3.0

    def fetch(self, web: Web, url: str, wanted: Sequence[Wanted]) -> Iterator[list[FetchedText]]:
        address = f"{url}/query"
        for asked in batches([record.identifier for record in wanted], _BATCH):
            answer = web.get(address, {"id_list": ",".join(asked), "max_results": len(asked)})
            feed = xml_of(address, answer.content)
            texts = [_text(entry) for entry in feed.iterfind("atom:entry", _ATOM)]
            yield [text for text in texts if text is not None and text.identifier in asked]


def _text(entry: ElementTree.Element) -> FetchedText | None:
    """None for the entry that stands for an error: its id is no paper's."""
    match = _IDENTIFIER.search(entry.findtext("atom:id", "", _ATOM))
    if match is None:
        return None
    return FetchedText(
        match["identifier"],
        plain(entry.findtext("atom:title", "", _ATOM)),
        plain(entry.findtext("atom:summary", "", _ATOM)),
    )
