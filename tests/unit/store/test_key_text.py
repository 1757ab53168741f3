"""The text of a key: what it is made of, and what is no key."""

from hypothesis import given
from hypothesis import strategies as st

from safezone.store.key_text import PATTERN, new_key_text, parse_key_text

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def test_a_new_key_is_read_back_and_matches_the_documented_pattern() -> None:
    key = new_key_text()
    assert parse_key_text(key.whole) == key
    assert PATTERN.fullmatch(key.whole)
    assert (len(key.id), len(key.secret)) == (12, 32)


def test_keys_differ_in_id_and_secret() -> None:
    made = [new_key_text() for _ in range(200)]
    assert len({key.id for key in made}) == len({key.secret for key in made}) == 200
    assert set("".join(key.secret for key in made)) == set(ALPHABET)


@given(place=st.integers(3, 54), other=st.sampled_from(ALPHABET + "_"))
def test_one_wrong_character_is_noticed(place: int, other: str) -> None:
    text = new_key_text().whole
    wrong = text[:place] + other + text[place + 1 :]
    assert wrong == text or parse_key_text(wrong) is None


@given(place=st.integers(3, 53))
def test_two_swapped_neighbours_are_noticed(place: int) -> None:
    text = new_key_text().whole
    wrong = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert wrong == text or parse_key_text(wrong) is None


@given(st.text())
def test_other_text_is_no_key(text: str) -> None:
    assert parse_key_text(text) is None


def test_what_stands_around_a_key_makes_it_none() -> None:
    text = new_key_text().whole
    for wrong in (f" {text}", f"{text}\n", text + "0", text[:-1], text.upper(), f"Bearer {text}"):
        assert parse_key_text(wrong) is None


def test_the_repr_does_not_show_the_secret() -> None:
    key = new_key_text()
    assert key.secret not in repr(key)
