"""The public sources of labelled records, one module an API."""

from collections.abc import Callable

from safezone.corpus.sources.arxiv import Arxiv
from safezone.corpus.sources.nih import Nih
from safezone.corpus.sources.nsf import Nsf
from safezone.corpus.sources.port import FetchedText, Source, Wanted
from safezone.corpus.sources.pubmed import Pubmed
from safezone.corpus.sources.sbir import Sbir

SOURCES: dict[str, Callable[[], Source]] = {
    "nsf": Nsf,
    "sbir": Sbir,
    "nih": Nih,
    "arxiv": Arxiv,
    "pubmed": Pubmed,
}

__all__ = ["SOURCES", "FetchedText", "Source", "Wanted"]
