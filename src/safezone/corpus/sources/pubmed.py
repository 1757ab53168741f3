"""PubMed by NCBI E-utilities: https://www.ncbi.nlm.nih.gov/books/NBK25499/"""

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from safezone.corpus.sources.markup import plain
from safezone.corpus.sources.port import FetchedText, Wanted, batches, xml_of
from safezone.corpus.web import Web

_BATCH = 100


class Pubmed:
    """A hundred papers a request; without a key, NCBI allows three requests a second."""

    name = "pubmed"
    url = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    pause = 0.5

    def fetch(self, web: Web, url: str, wanted: Sequence[Wanted]) -> Iterator[list[FetchedText]]:
        address = f"{url}/efetch.fcgi"
        for asked in batches([record.identifier for record in wanted], _BATCH):
            answer = web.get(
                address,
                {"db": "pubmed", "id": ",".join(asked), "retmode": "xml", "tool": "safezone"},
            )
            articles = xml_of(address, answer.content)
            texts = [_text(article) for article in articles.iterfind("PubmedArticle")]
            yield [text for text in texts if text.identifier in asked]


def _text(article: ElementTree.Element) -> FetchedText:
    """Title and abstract; the sections of a structured abstract are joined without their labels."""
    citation = article.find("MedlineCitation")
    if citation is None:
        return FetchedText("", "", "")
    title = citation.find("Article/ArticleTitle")
    sections = citation.iterfind("Article/Abstract/AbstractText")
    return FetchedText(
        citation.findtext("PMID", ""),
        plain("" if title is None else "".join(title.itertext())),
        plain(" ".join("".join(section.itertext()) for section in sections)),
    )
