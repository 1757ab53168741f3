"""Letters that only look like others: put right one by one, while real names and formulae stay."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from safezone.text.aligned import AlignedText, Edit
from safezone.text.cleaner import clean
from safezone.text.disguises import _LOOKALIKES, find_disguises

# For each Latin letter, the letters of other scripts that are drawn like it.
DRAWN_LIKE: dict[str, list[str]] = {}
for _other, _latin in _LOOKALIKES.items():
    DRAWN_LIKE.setdefault(chr(_latin), []).append(chr(_other))
LEET = {"o": "0", "i": "1", "e": "3", "a": "4@", "s": "5$", "t": "7"}
WORDS = ("sensor", "missile", "quantum", "reactor", "weapon", "navigation", "encryption", "isotope")
SENTENCE = "We will build a {} for the new station, and measure what it does."

_ALPHABET = "".join([*map(chr, _LOOKALIKES), "abcdeilostxyzABEKMS0123457@$ .,-_/", "жщяβγλΩ冰é"])
any_text = st.one_of(st.text(max_size=60), st.text(_ALPHABET, max_size=60))


def _restored(text: str) -> str:
    return AlignedText.of(text).edited(find_disguises(text)).text


@given(any_text)
def test_each_edit_puts_one_letter_in_the_place_of_one_character(text: str) -> None:
    edits = find_disguises(text)
    assert [edit.start for edit in edits] == sorted({edit.start for edit in edits})
    for edit in edits:
        assert edit.end == edit.start + 1
        assert edit.replacement.isascii()
        assert edit.replacement.isalpha()
        assert len(edit.replacement) == 1
        assert edit.replacement != text[edit.start]


@given(any_text)
def test_every_character_still_stands_for_itself(text: str) -> None:
    aligned = AlignedText.of(text).edited(find_disguises(text))
    assert len(aligned.text) == len(text)
    assert list(aligned.starts) == list(range(len(text)))
    assert list(aligned.ends) == list(range(1, len(text) + 1))


@given(any_text)
def test_what_is_put_right_stays_so(text: str) -> None:
    assert _restored(_restored(text)) == _restored(text)


@given(st.text(st.characters(codec="ascii", categories=["L", "Z", "P"], exclude_characters="@")))
def test_plain_letters_and_signs_have_nothing_to_put_right(text: str) -> None:
    assert find_disguises(text) == []


@given(st.data())
def test_a_word_with_letters_of_other_scripts_in_it_is_restored(data: st.DataObject) -> None:
    word = data.draw(st.sampled_from([*WORDS, *map(str.capitalize, WORDS), *map(str.upper, WORDS)]))
    can_be = [place for place, letter in enumerate(word) if letter in DRAWN_LIKE]
    places = data.draw(st.sets(st.sampled_from(can_be), min_size=1))
    disguised = "".join(
        data.draw(st.sampled_from(DRAWN_LIKE[letter])) if place in places else letter
        for place, letter in enumerate(word)
    )
    # A word that is Latin nowhere is a disguise where the text around it is Latin.
    assert _restored(SENTENCE.format(disguised)) == SENTENCE.format(word)


def test_two_digits_side_by_side_stand_for_letters_too() -> None:
    assert _restored("a pa55ive radar") == "a passive radar"


@given(st.data())
def test_a_word_with_digits_for_letters_is_restored(data: st.DataObject) -> None:
    word = data.draw(st.sampled_from([*WORDS, *map(str.capitalize, WORDS)]))
    can_be = [place for place, letter in enumerate(word) if letter in LEET]
    places = data.draw(st.sets(st.sampled_from(can_be), min_size=1))
    # What tells it from a name: enough letters, and a lone digit between two small ones.
    assume(len(word) - len(places) >= (5 if word[0].isupper() and 0 not in places else 3))
    assume(not any({place, place + 1} <= places for place in places))
    assume(any(0 < place < len(word) - 1 and word[place - 1].islower() for place in places))
    disguised = "".join(
        data.draw(st.sampled_from(LEET[letter])) if place in places else letter
        for place, letter in enumerate(word)
    )
    assert _restored(SENTENCE.format(disguised)) == SENTENCE.format(word)


def test_a_word_disguised_in_both_ways_is_restored() -> None:
    disguised = SENTENCE.format("s3ns\N{CYRILLIC SMALL LETTER O}r")
    assert _restored(disguised) == SENTENCE.format("sensor")


def test_the_cleaner_puts_letters_right_and_keeps_offsets() -> None:
    source = "A  s\N{CYRILLIC SMALL LETTER IE}nsor\u200b &amp; a r4dar."
    aligned = clean(source)
    assert aligned.text == "A sensor & a radar."
    at = aligned.text.index("radar")
    assert source[slice(*aligned.source_span(at, at + 5))] == "r4dar"
    assert source[slice(*aligned.source_span(2, 8))] == source[3:9]


CHEMISTRY = ("MoS2", "CO2", "LiFePO4", "YBa2Cu3O7", "Ga2O3", "C60", "H2O", "NaCl", "3He", "14C")
GENES = ("H3K27me3", "p53", "TP53", "TNF", "TNF-α", "α-synuclein", "β-carotene", "IL-6", "IL10")
MORE_GENES = ("BRCA1", "Sox2", "H5N1", "h5n1", "SARS-CoV-2", "covid19", "COVID-19")
NUMBERS = (
    "10th",
    "1990s",
    "100nm",
    "4x4",
    "3D",
    "5G",
    "x86",
    "sha256",
    "utf8",
    "word2vec",
    "$100k",
)
SYMBOLS = ("γ-ray", "Δν", "σ2", "ε0", "αβγ", "kΩ", "λ=5", "naïve", "São", "Ångström", "Łódź")


@pytest.mark.parametrize("name", [*CHEMISTRY, *GENES, *MORE_GENES, *NUMBERS, *SYMBOLS])
def test_names_formulae_and_quantities_stay(name: str) -> None:
    assert find_disguises(SENTENCE.format(name)) == []


@pytest.mark.parametrize(
    "name", ["Wnt5a", "Cas13a", "Slc7a11", "Col1a1", "Cyp1a1", "Il10ra", "Rad51c", "Neo4j"]
)
def test_gene_names_with_digits_between_small_letters_stay(name: str) -> None:
    assert find_disguises(SENTENCE.format(name)) == []


@pytest.mark.parametrize("formula", [r"$\mu$m$^{-1}$", r"$\sim$seven", r"$\lesssim1$kpc"])
def test_the_dollar_signs_of_tex_stay(formula: str) -> None:
    assert find_disguises(SENTENCE.format(formula)) == []


@pytest.mark.parametrize(
    "address",
    [
        *("ada@lab.org", "j0hnny@example.org", "first.l4stname@mail.example.org"),
        *("www.s3nsor.org", "https://s3nsor.org", "https://example.org/s3nsor"),
    ],
)
def test_addresses_stay(address: str) -> None:
    assert find_disguises(SENTENCE.format(address)) == []


def test_a_quotation_in_another_script_stays_as_it_is() -> None:
    text = "Вечная мерзлота хранит углерод; мы измерим рост, сор и ухо. 'Open data' помогут всем."
    assert find_disguises(text) == []
    inside = "The motto was 'Вечная мерзлота хранит углерод', as carved into the old stone gate."
    assert find_disguises(inside) == []


def test_a_greek_text_stays_as_it_is() -> None:
    assert find_disguises("Ο πάγος λιώνει και το νερό ρέει προς τη θάλασσα.") == []


def test_one_edit_by_hand() -> None:
    assert find_disguises("A s\N{CYRILLIC SMALL LETTER IE}nsor") == [Edit(3, 4, "e")]
