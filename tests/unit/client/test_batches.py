"""How many proposals become requests."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.client import ConnectionFailed
from safezone.client.batches import MAX_BYTES, Batches
from safezone.client.bodies import BatchItem, Proposal

texts = st.one_of(
    st.text(max_size=20), st.integers(0, 3).map(lambda n: "x" * (n * (MAX_BYTES // 2 - 50)))
)


def fine(proposal: Any) -> Any:
    return {"assessment": {"id": proposal.get("id")}, "problem": None}


def late(_: Any = None) -> Any:
    return {"assessment": None, "problem": {"type": "urn:safezone:problem:deadline"}}


def proposals_in(body: bytes) -> list[Any]:
    found: list[Any] = json.loads(body)["proposals"]
    return found


def numbered(count: int) -> list[Proposal]:
    return [{"id": str(number), "abstract": "text"} for number in range(count)]


def ids(items: list[BatchItem]) -> list[Any]:
    return [item["assessment"] and item["assessment"]["id"] for item in items]


@given(st.lists(texts, max_size=12), st.integers(1, 5))
def test_every_proposal_has_its_answer_and_no_request_is_too_large(
    abstracts: list[str], chunk: int
) -> None:
    proposals: list[Proposal] = [{"id": str(n), "abstract": a} for n, a in enumerate(abstracts)]
    queue = Batches(proposals, chunk)
    items: list[BatchItem] = []
    for body in queue:
        assert len(body) <= MAX_BYTES
        sent = proposals_in(body)
        assert 1 <= len(sent) <= chunk
        items += queue.settle([fine(proposal) for proposal in sent])
    assert len(items) == len(proposals)
    for number, item in enumerate(items):
        if item["assessment"] is None:
            assert item["problem"] is not None
            assert item["problem"]["type"] == "urn:safezone:problem:body-too-large"
            assert len(abstracts[number]) > MAX_BYTES
        else:
            assert item["assessment"]["id"] == str(number)


@given(st.integers(0, 20), st.lists(st.integers(0, 6), min_size=1, max_size=30))
def test_what_was_not_read_in_time_is_sent_again_in_its_place(
    count: int, read_by_request: list[int]
) -> None:
    """A service that reads so many proposals of each request within its deadline."""
    queue = Batches(numbered(count), 5)
    items: list[BatchItem] = []
    for number, body in enumerate(queue):
        sent = proposals_in(body)
        read = read_by_request[number % len(read_by_request)]
        items += queue.settle([*map(fine, sent[:read]), *map(late, sent[read:])])
    assert len(items) == count
    for number, found in enumerate(ids(items)):
        assert found in (str(number), None)
    if all(read_by_request):
        assert None not in ids(items)


def test_a_service_that_reads_nothing_in_time_is_not_asked_for_ever() -> None:
    queue = Batches(numbered(3), 3)
    [body] = [body for body in queue if queue.settle(list(map(late, proposals_in(body))))]
    assert len(proposals_in(body)) == 3


def test_an_endless_iterable_is_read_no_further_than_a_request_needs() -> None:
    read = []

    def endless() -> Iterator[Proposal]:
        while True:
            read.append(1)
            yield {"abstract": "text"}

    queue = Batches(endless(), 10)
    bodies = list(islice(queue, 1))
    assert (len(bodies), len(read)) == (1, 10)


def test_half_a_surrogate_pair_reaches_the_service() -> None:
    [body] = islice(Batches([{"abstract": "\ud800"}], 1), 1)
    assert proposals_in(body) == [{"abstract": "\ud800"}]


@pytest.mark.parametrize("chunk", [0, 65])
def test_a_chunk_that_the_service_would_refuse_is_refused(chunk: int) -> None:
    with pytest.raises(ValueError, match="1 to 64"):
        Batches([], chunk)


def test_answers_that_are_not_one_for_each_are_refused() -> None:
    queue = Batches(numbered(2), 2)
    [body] = islice(queue, 1)
    with pytest.raises(ConnectionFailed, match="1 answers came to 2"):
        queue.settle([fine(proposals_in(body)[0])])
