"""The views of a text: what may change in them, how often, and what never does."""

from collections import Counter
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.training.adaptation.settings import ViewSettings
from safezone.training.adaptation.views import Example, view

STILL = ViewSettings(untitled=0, reordered=0, padded=0)
LENGTHS = st.lists(st.integers(1, 9), max_size=6)
DRAWS = 4_000


def _example(title: list[int], body: list[int], *, first: int = 0, varied: bool = True) -> Example:
    """Sentences of these lengths; no piece occurs twice, so a view shows where it came from."""
    numbers = count(first)

    def sentences(lengths: list[int]) -> tuple[list[int], ...]:
        return tuple([next(numbers) for _ in range(length)] for length in lengths)

    return Example(sentences(title), sentences(body), varied=varied, harmless=not varied)


@st.composite
def examples(draw: st.DrawFn) -> Example:
    """With at least one piece, as every text that is learned from."""
    title, body = draw(LENGTHS), draw(LENGTHS)
    if not title and not body:
        body = [draw(st.integers(1, 9))]
    return _example(title, body, varied=draw(st.booleans()))


@st.composite
def view_settings(draw: st.DrawFn) -> ViewSettings:
    reordered = draw(st.floats(0, 1))
    return ViewSettings(
        untitled=draw(st.floats(0, 1)),
        reordered=reordered,
        padded=draw(st.floats(0, 1 - reordered)),
        most_padding=draw(st.integers(2, 8)),
        pieces=draw(st.integers(1, 60)),
    )


OTHERS = [
    _example([3], [5] * 12, first=1_000),
    _example([], [2], first=2_000),
    _example([4], [1, 7, 2], first=3_000),
]


def _whole(example: Example) -> list[int]:
    return [piece for sentence in (*example.title, *example.body) for piece in sentence]


def _rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(examples(), view_settings(), st.integers(0, 99))
def test_a_view_is_never_empty_and_never_too_long(
    example: Example, settings: ViewSettings, seed: int
) -> None:
    for harmless in ([], OTHERS):
        assert 1 <= len(view(example, harmless, settings, _rng(seed))) <= settings.pieces


@given(examples(), view_settings(), st.integers(0, 99))
def test_a_view_is_made_of_the_text_and_at_most_one_harmless_other(
    example: Example, settings: ViewSettings, seed: int
) -> None:
    seen = view(example, OTHERS, settings, _rng(seed))
    assert len(set(seen)) == len(seen)
    foreign = set(seen) - set(_whole(example))
    assert any(foreign <= set(_whole(other)) for other in OTHERS)
    titles = {piece for other in OTHERS for sentence in other.title for piece in sentence}
    assert not foreign & titles
    if not example.varied:
        assert not foreign


@given(examples(), view_settings(), st.integers(0, 99))
def test_an_unvaried_text_that_fits_is_read_as_it_stands(
    example: Example, settings: ViewSettings, seed: int
) -> None:
    fitting = replace(settings, pieces=max(settings.pieces, example.length))
    assert view(replace(example, varied=False), OTHERS, fitting, _rng(seed)) == _whole(example)


@given(examples(), st.integers(1, 60), st.integers(0, 99))
def test_what_does_not_fit_goes_by_whole_sentences_and_the_order_stays(
    example: Example, pieces: int, seed: int
) -> None:
    seen = view(example, OTHERS, replace(STILL, pieces=pieces), _rng(seed))
    assert seen == sorted(seen)
    left = set(seen)
    sentences = [set(sentence) for sentence in (*example.title, *example.body)]
    cut = [sentence for sentence in sentences if sentence & left and not sentence <= left]
    # Only a lone sentence that is itself too long is cut, after its first pieces.
    assert not cut or (len(cut) == 1 and cut[0] >= left and len(seen) == pieces)


def test_which_sentences_go_is_left_to_chance() -> None:
    example = _example([], [5, 5, 5, 5])
    settings = replace(STILL, pieces=15)
    gone = Counter(
        next(iter(set(_whole(example)) - set(view(example, [], settings, _rng(seed))))) // 5
        for seed in range(400)
    )
    assert sorted(gone) == [0, 1, 2, 3]
    assert min(gone.values()) > 60


@given(examples(), st.integers(0, 99))
def test_a_reordered_view_has_every_sentence_whole_and_the_title_first(
    example: Example, seed: int
) -> None:
    settings = replace(STILL, reordered=1)
    seen = view(replace(example, varied=True), OTHERS, settings, _rng(seed))
    assert sorted(seen) == _whole(example)
    title = [piece for sentence in example.title for piece in sentence]
    assert seen[: len(title)] == title
    for sentence in example.body:
        start = seen.index(sentence[0])
        assert seen[start : start + len(sentence)] == list(sentence)


def test_every_order_of_sentences_can_come_up() -> None:
    example = _example([1], [1, 1, 1])
    settings = replace(STILL, reordered=1)
    orders = {tuple(view(example, [], settings, _rng(seed))) for seed in range(100)}
    assert len(orders) == 6


@given(examples(), st.integers(2, 8), st.integers(0, 99))
def test_padding_is_a_run_of_sentences_beside_or_between_the_texts_own(
    example: Example, most: int, seed: int
) -> None:
    other = OTHERS[0]
    settings = replace(STILL, padded=1, most_padding=most)
    seen = view(replace(example, varied=True), [other], settings, _rng(seed))
    own = [piece for piece in seen if piece < 1_000]
    padding = [piece for piece in seen if piece >= 1_000]
    assert own == _whole(example)
    at = seen.index(padding[0])
    assert seen[at : at + len(padding)] == padding
    assert padding == list(range(padding[0], padding[0] + len(padding)))
    title = sum(map(len, example.title))
    assert at >= title
    before = [len(sentence) for sentence in example.body]
    assert at - title in np.cumsum([0, *before])
    # Its sentences have five pieces each, behind a title of three.
    assert (padding[0] - 1_003) % 5 == 0
    assert len(padding) % 5 == 0
    assert 2 <= len(padding) // 5 <= most


def test_padding_comes_before_after_and_between_and_in_every_number() -> None:
    example = _example([], [1, 1, 1, 1])
    settings = replace(STILL, padded=1, most_padding=4)
    views = [view(example, OTHERS[:1], settings, _rng(seed)) for seed in range(400)]
    places = {next(n for n, piece in enumerate(seen) if piece >= 1_000) for seen in views}
    assert places == {0, 1, 2, 3, 4}
    assert {(len(seen) - 4) // 5 for seen in views} == {2, 3, 4}


def test_a_short_other_text_is_padding_as_a_whole() -> None:
    example = _example([2], [3, 3])
    seen = view(example, [OTHERS[1]], replace(STILL, padded=1), _rng(0))
    assert [piece for piece in seen if piece >= 1_000] == [2_000, 2_001]


def test_without_a_harmless_text_nothing_is_padded() -> None:
    example = _example([2], [3, 3])
    assert view(example, [], replace(STILL, padded=1), _rng(0)) == _whole(example)


def test_a_text_that_is_only_a_title_keeps_it() -> None:
    example = _example([4], [])
    assert view(example, [], replace(STILL, untitled=1), _rng(0)) == _whole(example)


def test_the_same_seed_gives_the_same_view_and_another_another() -> None:
    example, settings = _example([5], [4] * 8), replace(STILL, reordered=0.5, padded=0.5)
    views = [view(example, OTHERS, settings, _rng(seed)) for seed in (1, 1, 2, 3)]
    assert views[0] == views[1]
    assert views[1] != views[2] != views[3]


def _share(happened: int) -> float:
    return happened / DRAWS


def test_views_are_as_frequent_as_the_settings_say() -> None:
    example = _example([2], [3] * 10)
    settings = ViewSettings(untitled=0.2, reordered=0.12, padded=0.15)
    rng = _rng(0)
    untitled = reordered = padded = 0
    for _ in range(DRAWS):
        seen = view(example, OTHERS, settings, rng)
        own = [piece for piece in seen if piece < 1_000]
        untitled += 0 not in own
        reordered += own != sorted(own)
        padded += len(own) < len(seen)
        assert own == sorted(own) or len(own) == len(seen)
    # Three standard errors or more.
    assert _share(untitled) == pytest.approx(0.2, abs=0.02)
    assert _share(reordered) == pytest.approx(0.12, abs=0.016)
    assert _share(padded) == pytest.approx(0.15, abs=0.018)
