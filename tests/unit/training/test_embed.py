"""Embedding prepared texts, with and without a cache."""

import os
import pickle
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from safezone.model.encoders.debug import DebugEncoder
from safezone.model.ports import Floats
from safezone.text.prepare import PreparedText, prepare
from safezone.training.embed import embed

TEXTS = [
    prepare("Ice", "We drill old ice. We date it."),
    prepare("", "Reefs recover slowly after heat."),
    prepare("", ""),
]


class CountingEncoder(DebugEncoder):
    """Counts the parts that it is asked to embed."""

    def __init__(self) -> None:
        self.parts = 0

    def embed(self, parts: Sequence[Sequence[int]]) -> list[Floats]:
        self.parts += len(parts)
        return super().embed(parts)


def test_every_text_has_a_vector() -> None:
    vectors = embed(DebugEncoder(), TEXTS)
    assert vectors.shape == (3, DebugEncoder.info.dimension)
    assert vectors.dtype == np.float32
    assert vectors[:2].any(axis=1).all()
    assert not vectors[2].any()
    np.testing.assert_allclose(embed(DebugEncoder(), TEXTS[1:2])[0], vectors[1], atol=1e-6)


def test_a_vector_is_the_plain_mean_over_all_word_pieces() -> None:
    encoder = DebugEncoder()
    [pieces] = encoder.pieces([TEXTS[0].text])
    [of_pieces] = encoder.embed([pieces])
    [vector] = embed(encoder, TEXTS[:1])
    np.testing.assert_allclose(vector, of_pieces.mean(axis=0), rtol=0, atol=1e-6)


def test_a_second_run_takes_the_vectors_of_the_first(tmp_path: Path) -> None:
    encoder, cache = CountingEncoder(), tmp_path / "deep" / "cache"
    first = embed(encoder, TEXTS, cache)
    read = encoder.parts
    second = embed(encoder, TEXTS, cache)
    assert read == encoder.parts == 2
    np.testing.assert_array_equal(second, first)
    np.testing.assert_array_equal(first, embed(DebugEncoder(), TEXTS))


@pytest.mark.parametrize(
    ("texts", "new"),
    [
        (TEXTS[:2], 0),
        (TEXTS[::-1], 0),
        (TEXTS[:1] * 3, 0),
        ([*TEXTS, prepare("", "A new one."), prepare("", "A new one.")], 1),
        ([prepare("Ice", "We drill old ice. We date it!"), *TEXTS[1:]], 1),
        ([prepare("", "Ice We drill old ice. We date it."), *TEXTS[1:]], 1),
    ],
    ids=["fewer", "reordered", "repeated", "one more", "one sign changed", "cut otherwise"],
)
def test_only_texts_that_were_never_read_are_read(
    texts: list[PreparedText], new: int, tmp_path: Path
) -> None:
    embed(DebugEncoder(), TEXTS, tmp_path)
    encoder = CountingEncoder()
    vectors = embed(encoder, texts, tmp_path)
    assert encoder.parts == new
    np.testing.assert_array_equal(vectors, embed(DebugEncoder(), texts))
    assert vectors.dtype == np.float32
    embed(encoder, [*TEXTS, *texts], tmp_path)
    assert encoder.parts == new


@pytest.mark.parametrize("change", [{"digest": "0" * 64}, {"name": "other"}])
def test_another_encoder_reads_anew(change: dict[str, str], tmp_path: Path) -> None:
    embed(DebugEncoder(), TEXTS, tmp_path)
    other, same = CountingEncoder(), CountingEncoder()
    other.info = replace(DebugEncoder.info, **change)  # type: ignore[arg-type]
    embed(other, TEXTS, tmp_path)
    embed(same, TEXTS, tmp_path)
    assert (other.parts, same.parts) == (2, 0)


def test_the_cache_holds_no_text(tmp_path: Path) -> None:
    embed(DebugEncoder(), TEXTS, tmp_path)
    (file,) = tmp_path.iterdir()
    with np.load(file, allow_pickle=False) as stored:
        written = b"".join(stored[name].tobytes().replace(b"\0", b"") for name in stored)
    assert len(written) > 100
    assert b"drill" not in written + file.read_bytes()


class _Trap:
    """What, unpickled, leaves a folder behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return os.mkdir, (self.path,)


def test_nothing_in_the_cache_is_ever_unpickled(tmp_path: Path) -> None:
    trap, cache = tmp_path / "trap", tmp_path / "cache"
    embed(DebugEncoder(), TEXTS, cache)
    (file,) = cache.iterdir()
    with file.open("wb") as target:
        np.savez(target, keys=np.array([_Trap(trap)]), vectors=np.array([_Trap(trap)]))
    pickle.loads(pickle.dumps(_Trap(tmp_path / "sprung")))
    assert (tmp_path / "sprung").exists()  # so the trap works
    with suppress(ValueError):
        embed(DebugEncoder(), TEXTS, cache)
    assert not trap.exists()


@pytest.mark.parametrize("left", [0, 3, 200, -30])
def test_a_cache_that_was_torn_in_writing_is_made_anew(left: int, tmp_path: Path) -> None:
    vectors = embed(DebugEncoder(), TEXTS, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:left])
    np.testing.assert_array_equal(embed(DebugEncoder(), TEXTS, tmp_path), vectors)


def test_progress_is_told_only_while_reading(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    for _ in range(2):
        embed(DebugEncoder(), TEXTS, tmp_path, lambda done, of: calls.append((done, of)))
    assert calls == [(3, 3)]
