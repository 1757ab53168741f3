"""Encodings: marked, recognised or guessed, and always the same for the same bytes."""

from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposal_files import csv_text, read, told
from safezone.batch.text import find_encoding

ENGLISH = "The “ice sheet” – its past – isn’t known; 5 µm grains at 20 °C, naïve or not."
TABLE = [["Reference", "Title", "Abstract"], ["1", "Größe", ENGLISH], ["2", "", "Plain."]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_the_encodings_of_offices_are_read(encoding: str, delimiter: str) -> None:
    content = csv_text(TABLE, delimiter).encode(encoding)
    assert told(read(content)) == [("1", "Größe", ENGLISH), ("2", "", "Plain.")]


def test_big_endian_utf_16_is_read() -> None:
    content = b"\xfe\xff" + csv_text(TABLE, "\t").encode("utf-16-be")
    assert told(read(content))[0] == ("1", "Größe", ENGLISH)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("shift_jis", "氷床コアの年代を火山灰で決める研究です。カタカナも"),
        ("cp1251", "Исследование ледникового щита методом датирования вулканического пепла"),
    ],
)
def test_other_scripts_are_guessed(encoding: str, text: str) -> None:
    assert told(read(f"id;abstract\n1;{text}\n".encode(encoding))) == [("1", "", text)]


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_an_apostrophe_in_a_long_file_is_enough(encoding: str) -> None:
    text = "Plain words that go on. " * 9 + "What follows isn’t known; the team’s data are open."
    content = b"id,abstract\n" + b"1,plain\n" * 20_000 + f"2,{text}\n".encode(encoding)
    assert told(read(content))[-1] == ("2", "", text)


def test_the_lines_that_are_not_ascii_are_those_that_tell(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    line = "2,Исследование ледникового щита методом датирования пепла\n"
    path.write_bytes(b"id,abstract\n" + b"1,plain\n" * 20_000 + line.encode("cp1251"))
    assert find_encoding(path) == "cp1251"


def test_a_byte_that_is_no_character_spoils_nothing_else() -> None:
    rows = [["id", "abstract"], *[[str(number), ENGLISH] for number in range(1_000)]]
    content = csv_text(rows, ";").encode("cp1252") + b"3;a\x81b\r\n"
    assert told(read(content))[-2:] == [("999", "", ENGLISH), ("3", "", "a\ufffdb")]


@given(st.binary(max_size=300))
def test_any_bytes_have_one_encoding_that_reads_them(content: bytes) -> None:
    encoding = _encoding(content)
    assert encoding == _encoding(content)
    content.decode(encoding, errors="replace")


def _encoding(content: bytes) -> str:
    with NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return find_encoding(Path(file.name))
