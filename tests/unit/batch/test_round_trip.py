"""Any proposals, written in any format, are read back as they were and in their order."""

import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proposal_files import csv_text, jsonl, parquet, read, xlsx
from safezone.assessment import Proposal

Write = Callable[[Sequence[Proposal]], bytes]
NAMES = ("id", "title", "abstract")

# Of the characters no text has, NUL and surrogates, no proposal can be made.
_any = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
# XML has no such characters, and programs write them in words of their own.
_in_xml = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff")


def _proposals(characters: st.SearchStrategy[str]) -> st.SearchStrategy[list[Proposal]]:
    filled = st.text(characters, min_size=1, max_size=60).filter(lambda text: not text.isspace())
    one = st.builds(
        Proposal,
        abstract=filled,
        title=st.one_of(st.just(""), filled),
        id=st.one_of(st.none(), filled),
    )
    return st.lists(one, min_size=1, max_size=8)


def _cells(proposals: Sequence[Proposal]) -> list[list[str]]:
    rows = [[proposal.id or "", proposal.title, proposal.abstract] for proposal in proposals]
    return [list(NAMES), *rows]


def _members(proposals: Sequence[Proposal]) -> list[dict[str, str | None]]:
    return [{name: getattr(proposal, name) for name in NAMES} for proposal in proposals]


def _delimited(delimiter: str, encoding: str) -> Write:
    return lambda proposals: csv_text(_cells(proposals), delimiter).encode(encoding)


WRITERS: dict[str, Write] = {
    "comma": _delimited(",", "utf-8"),
    "semicolon with mark": _delimited(";", "utf-8-sig"),
    "Excel's Unicode text": _delimited("\t", "utf-16"),
    "bar": _delimited("|", "utf-8"),
    "lines": lambda proposals: jsonl(_members(proposals)),
    "list": lambda proposals: json.dumps(_members(proposals), indent=1).encode(),
    "parquet": lambda proposals: parquet(
        {name: [getattr(proposal, name) for proposal in proposals] for name in NAMES}
    ),
}


@pytest.mark.parametrize("name", WRITERS)
@given(proposals=_proposals(_any))
def test_proposals_survive(name: str, proposals: list[Proposal]) -> None:
    assert [row.proposal for row in read(WRITERS[name](proposals))] == proposals


@settings(max_examples=15)  # each starts a process
@given(proposals=_proposals(_in_xml))
def test_proposals_survive_a_workbook(proposals: list[Proposal]) -> None:
    assert [row.proposal for row in read(xlsx(_cells(proposals)))] == proposals
