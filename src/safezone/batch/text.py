"""Text out of files: which encoding it is in, and lines that fit into memory."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from charset_normalizer import from_bytes

from safezone.errors import InvalidInputFile

# Characters of a record: many times what the longest proposal has.
LONGEST_RECORD = 1_000_000

_CHUNK = 1 << 16
# Bytes of the lines that say which encoding it is, those that are not ASCII.
_SAMPLE = 1 << 15
# What offices and laboratories write where they do not write Unicode; the first is taken where
# both read equally well, as the quotation marks and Greek letters of an English text do.
_USUAL = ("cp1252", "mac_roman")
# From this share of unlikely characters on, a text is in some other encoding.
_MESS = 0.1


def find_encoding(path: Path) -> str:
    """The encoding of a text file, the same whenever its bytes are the same.

    A byte order mark decides, then whether the whole file is UTF-8. If neither does, the encoding
    is guessed.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8" if _is_utf8(path) else _guess(path)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guess(path: Path) -> str:
    sample = b""
    with path.open("rb") as file:
        while len(sample) < _SAMPLE and (line := file.readline(_CHUNK)):
            if not line.isascii():
                sample += line
    mess = {encoding: _mess(sample, encoding) for encoding in _USUAL}
    usual = min(mess, key=mess.__getitem__)
    if mess[usual] < _MESS:
        return usual
    best = from_bytes(sample, preemptive_behaviour=False).best()
    return best.encoding if best else usual


def _mess(sample: bytes, encoding: str) -> float:
    """How much of the sample makes no sense in an encoding, 0 to 1."""
    matches = from_bytes(sample, cp_isolation=[encoding], preemptive_behaviour=False)
    return min((match.chaos for match in matches if match.encoding == encoding), default=1.0)


class BoundedLines(Iterator[str]):
    """The lines of a text file, with their ends; `record` is the number of the one read, from 1.

    Raises InvalidInputFile when a record, the lines since `next_record` was called, grows longer
    than LONGEST_RECORD.
    """

    def __init__(self, file: TextIO) -> None:
        self.record = 1
        self._file = file
        self._left = LONGEST_RECORD

    def __next__(self) -> str:
        line = self._file.readline(self._left + 1)
        if not line:
            raise StopIteration
        self._left -= len(line)
        if self._left < 0:
            raise InvalidInputFile(
                f"Row {self.record:,} of the file, its header counted, is longer than "
                f"{LONGEST_RECORD:,} characters. A quotation mark may be left open."
            )
        return line

    def next_record(self) -> None:
        self.record += 1
        self._left = LONGEST_RECORD
