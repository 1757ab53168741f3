"""How much is read at once: as much as takes about a second."""

from collections.abc import Sequence

from safezone.store.job_types import JobRow

_SECONDS = 1.0
_FEWEST, _MOST = 1_000, 200_000


class Pace:
    """Sizes each chunk by the speed at which the last was read."""

    def __init__(self) -> None:
        self._characters = 10_000.0

    def next_chunk(self, rows: Sequence[JobRow]) -> list[JobRow]:
        """The first of the rows, one at least, as many as should take a second."""
        chunk: list[JobRow] = []
        left = self._characters
        for row in rows:
            left -= _length(row)
            if chunk and left < 0:
                break
            chunk.append(row)
        return chunk

    def took(self, seconds: float, chunk: Sequence[JobRow]) -> None:
        """Learn from how long the chunk has taken."""
        pace = sum(map(_length, chunk)) / max(seconds, 1e-3)
        self._characters = min(max(pace * _SECONDS, _FEWEST), _MOST)


def _length(row: JobRow) -> int:
    return len(row.proposal or "")
