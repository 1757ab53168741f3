"""Any number of proposals, cut into requests that the service takes."""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from safezone.client.bodies import BatchItem, Problem, Proposal
from safezone.client.errors import URN, ConnectionFailed

MAX_PROPOSALS = 64
MAX_BYTES = 1 << 20
_START, _END = b'{"proposals":[', b"]}"
# Holds the place of a proposal that no request can hold; `encoded` writes nothing like it.
_TOO_LARGE = b"{ }"


def encoded(body: object) -> bytes:
    """JSON in ASCII: also half a surrogate pair gets to the service, which says what is wrong."""
    return json.dumps(body, separators=(",", ":")).encode("ascii")


class Batches:
    """Bodies of batch requests, in order, of at most `chunk` (1 to 64) proposals and 1 MiB each.

    Iterate over the bodies, and `settle` each with its answer before asking for the next. Of the
    proposals, no more are read than the next body needs. Raises ValueError for another `chunk`.
    """

    def __init__(self, proposals: Iterable[Proposal], chunk: int) -> None:
        if not 1 <= chunk <= MAX_PROPOSALS:
            raise ValueError(f"The chunk is {chunk}; give 1 to {MAX_PROPOSALS} proposals.")
        self._unread = map(encoded, proposals)
        self._again: deque[bytes] = deque()
        self._sent: list[bytes] = []
        self._chunk = chunk

    def __iter__(self) -> Iterator[bytes]:
        while self._fill():
            yield _START + b",".join(self._sent) + _END

    def settle(self, answers: Sequence[BatchItem]) -> list[BatchItem]:
        """The answers that stand: those before the first proposal that was not read in time, from
        which on all are sent again. Where that is the first of all, the problems stand.

        Raises ConnectionFailed for another number of answers.
        """
        if len(answers) != len(self._sent):
            raise ConnectionFailed(
                f"{len(answers)} answers came to {len(self._sent)} proposals. See that nothing "
                "between here and the service changes answers."
            )
        stand = [*map(_is_late, answers), True].index(True) or len(answers)
        self._again.extendleft(reversed(self._sent[stand:]))
        return [
            _too_large() if sent == _TOO_LARGE else answer
            for sent, answer in zip(self._sent[:stand], answers[:stand], strict=True)
        ]

    def _fill(self) -> bool:
        """Choose what is sent next; whether there is anything."""
        self._sent = []
        room = MAX_BYTES - len(_START) - len(_END)
        while len(self._sent) < self._chunk and (found := self._next()) is not None:
            room -= len(found) + 1  # with its comma
            if room < 0:
                self._again.appendleft(found)
                break
            self._sent.append(found)
        return bool(self._sent)

    def _next(self) -> bytes | None:
        found = self._again.popleft() if self._again else next(self._unread, None)
        most = MAX_BYTES - len(_START) - len(_END) - 1
        return _TOO_LARGE if found is not None and len(found) > most else found


def _is_late(answer: BatchItem) -> bool:
    return answer["problem"] is not None and answer["problem"]["type"] == f"{URN}deadline"


def _too_large() -> BatchItem:
    """As the service words it."""
    return BatchItem(
        assessment=None,
        problem=Problem(
            type=f"{URN}body-too-large",
            title="The body is too large",
            status=413,
            detail=f"At most {MAX_BYTES:,} bytes are read. Send the abstract itself, not the whole "
            "proposal.",
        ),
    )
