"""A file on its way into a job."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast


class Counted:
    """A file that tells how many of its bytes were read; begun again, it counts from the start."""

    def __init__(self, file: BinaryIO, told: Callable[[int], object]) -> None:
        self._file = file
        self._told = told

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        if data:
            self._told(self._file.tell())
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


Named = tuple[str, BinaryIO]
"""A file's name and its content."""


@contextmanager
def opened(
    source: str | Path | BinaryIO, progress: Callable[[int], object] | None
) -> Iterator[Named]:
    """The name and the content of a file, which is sent from its beginning.

    Raises TypeError for a file that cannot be sent a second time, or is not in bytes.
    """
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file, opened(file, progress) as named:
            yield named
        return
    if isinstance(source, io.TextIOBase) or not source.seekable():
        raise TypeError("Give the path of a file, or a file opened in binary mode that can seek.")
    name = Path(str(getattr(source, "name", "proposals.jsonl"))).name
    yield name, source if progress is None else cast(BinaryIO, Counted(source, progress))
