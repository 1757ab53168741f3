"""Parquet files, as data tools write them."""

import random
from contextlib import suppress

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from proposal_files import parquet, read, told
from safezone.batch import parquet as module
from safezone.errors import InvalidInputFile


def test_columns_of_text_and_numbers_are_read() -> None:
    content = parquet(
        {
            "award_id": pa.array([7, None, 9]),
            "title": pa.array(["t", None, ""], pa.large_string()),
            "abstract": pa.array(["a", "b", "b"]).dictionary_encode(),
            "institution": pa.array(["x", "y", "z"]),
        }
    )
    assert told(read(content)) == [("7", "t", "a"), (None, "", "b"), ("9", "", "b")]


def test_whole_floats_are_whole_numbers() -> None:
    content = parquet({"id": pa.array([1.0, None, 2.5]), "abstract": ["a", "b", "c"]})
    assert [row.id for row in read(content)] == ["1", None, "2.5"]


def test_columns_of_lists_and_bytes_are_passed_over() -> None:
    content = parquet(
        {
            "abstract": pa.array([["a"], ["b"]]),
            "title": pa.array([b"t", b"u"]),
            "summary": pa.array(["c", "d"]),
        }
    )
    assert told(read(content)) == [(None, "", "c"), (None, "", "d")]


def test_rows_of_every_group_are_read_in_order() -> None:
    texts = [f"text {number}" for number in range(1_000)]
    rows = read(parquet({"abstract": texts}, row_group_size=300))
    assert told(rows) == [(None, "", text) for text in texts]


def test_bad_cells_are_problems_of_their_rows() -> None:
    not_utf8 = pa.array([b"\xff\xfe", b"a", None]).view(pa.string())
    assert told(read(parquet({"abstract": not_utf8}))) == ["not_utf8", (None, "", "a"), "empty"]


def test_two_columns_of_one_name_are_the_first() -> None:
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], ["abstract", "abstract"])
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    assert told(read(sink.getvalue().to_pybytes())) == [(None, "", "a")]


def test_a_text_that_many_rows_share_is_in_memory_once() -> None:
    shared = pa.DictionaryArray.from_arrays(pa.array([0] * 5_000, pa.int32()), ["x" * 2_000_000])
    content = parquet({"abstract": shared}, compression="zstd", store_schema=False)
    assert len(content) < 10_000
    before = pa.total_allocated_bytes()
    with pytest.raises(InvalidInputFile, match="more than 300 rows"):
        read(content, limit_rows=300)
    assert pa.default_memory_pool().max_memory() - before < 100_000_000


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = parquet({"abstract": ["x" * 10_000], "other": ["y" * 900_000]}, compression="zstd")
    monkeypatch.setattr(module, "MOST_UNPACKED", 20_000)
    assert len(read(content)) == 1
    monkeypatch.setattr(module, "MOST_UNPACKED", 9_999)
    with pytest.raises(InvalidInputFile, match="unpacks to more"):
        read(content)


def test_a_damaged_file_is_refused_or_read_but_never_another_error() -> None:
    content = parquet({"id": list(range(400)), "abstract": [str(n) * 9 for n in range(400)]})
    for end in (4, 9, len(content) // 2, len(content) - 1):
        with pytest.raises(InvalidInputFile, match="damaged"):
            read(content[:end])
    chance = random.Random(7)
    for _ in range(200):
        broken = bytearray(content)
        broken[chance.randrange(4, len(broken))] ^= 1 << chance.randrange(8)
        with suppress(InvalidInputFile):
            read(bytes(broken))


def test_a_file_without_abstracts_or_rows_is_refused() -> None:
    with pytest.raises(InvalidInputFile, match="no header"):
        read(parquet({"id": [1]}))
    with pytest.raises(InvalidInputFile, match="no rows"):
        read(parquet({"abstract": pa.array([], pa.string())}))
