"""The crosswalk: what the lists hold, and what points to them."""

import itertools
import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.taxonomy import Taxonomy, load_taxonomy
from safezone.taxonomy.crosswalk import Crosswalk, Pointer, load_crosswalk

ENTRIES = {
    "wassenaar": 10,
    "au-critical": 7,
    "ca-stra": 85,
    "cn-data-security": 3,
    "cn-export-catalogue": 12,
    "cn-hgr": 3,
    "cn-mapping": 3,
    "cn-scientific-data": 2,
    "eu-2023-2113": 10,
    "eu-dual-use": 10,
    "uk-nsi": 17,
    "us-bulk-data": 8,
    "us-cet-2024": 18,
    "us-chips-2022": 10,
    "us-durc-pepp": 15,
    "aspi": 8,
}
# Curiosity-driven fields that no list of technologies names.
UNLISTED = [
    "astronomy-cosmology",
    "polar-cryosphere",
    "climate-environment",
    "ecology-biodiversity",
    "mathematics-statistics",
    "social-sciences",
    "humanities-education",
]
VERDICTS = re.compile(r"\b(cleared|banned|compliant|violat\w*|illegal|forbidden)\b", re.IGNORECASE)
SLUGS = load_taxonomy().area_slugs
SENTENCES = [
    "We build a focal plane array and a magnetometer.",
    "Side-scan sonar maps the sea floor.",
    "Cathodes of lithium iron phosphate are compared.",
    "Nothing of the kind is said here.",
    "Electronic health records and GWAS are linked.",
]


def _keys(pointers: tuple[Pointer, ...]) -> list[str]:
    return [pointer.entry.key for pointer in pointers]


# --- what the lists say


def test_every_list_has_its_known_number_of_entries(crosswalk: Crosswalk) -> None:
    assert {one.id: len(one.entries) for one in crosswalk.lists} == ENTRIES
    assert crosswalk.version


def test_canada_has_11_areas_with_74_named_parts(crosswalk: Crosswalk) -> None:
    ids = [entry.id for entry in crosswalk.public_list("ca-stra").entries]
    heads = [one for one in ids if "." not in one]
    assert heads == [str(number) for number in range(1, 12)]
    assert len(ids) - len(heads) == 74
    assert {one.partition(".")[0] for one in ids} == set(heads)


@pytest.mark.parametrize(
    ("list_id", "ids"),
    [
        ("us-cet-2024", range(1, 19)),
        ("uk-nsi", range(1, 18)),
        ("eu-2023-2113", range(1, 11)),
        ("eu-dual-use", range(10)),
    ],
)
def test_numbered_lists_run_through(crosswalk: Crosswalk, list_id: str, ids: range) -> None:
    entries = crosswalk.public_list(list_id).entries
    assert [entry.id for entry in entries] == [str(number) for number in ids]
    assert len({entry.name for entry in entries}) == len(entries)


def test_the_four_most_sensitive_areas_are_those_of_the_eu(crosswalk: Crosswalk) -> None:
    marked = [entry.key for one in crosswalk.lists for entry in one.entries if entry.most_sensitive]
    assert marked == [f"eu-2023-2113:{number}" for number in range(1, 5)]


def test_the_thresholds_of_the_bulk_data_rule_are_named(crosswalk: Crosswalk) -> None:
    names = {entry.id: entry.name for entry in crosswalk.public_list("us-bulk-data").entries}
    for kind, number in {
        "genomic": "100",
        "omic": "1,000",
        "biometric": "1,000",
        "geolocation": "1,000",
        "health": "10,000",
        "financial": "10,000",
        "identifiers": "100,000",
    }.items():
        assert f"more than {number} " in names[kind]


def test_a_listing_that_promotes_is_told_from_one_that_restricts(crosswalk: Crosswalk) -> None:
    kinds = {one.id: one.kind for one in crosswalk.lists}
    assert kinds["us-chips-2022"] == kinds["us-cet-2024"] == kinds["au-critical"] == "priority"
    assert kinds["eu-dual-use"] == kinds["cn-export-catalogue"] == "export-control"
    assert kinds["cn-hgr"] == kinds["us-bulk-data"] == "data-rule"
    assert (kinds["us-durc-pepp"], kinds["aspi"]) == ("research-oversight", "monitor")


def test_what_was_not_checked_says_so(crosswalk: Crosswalk) -> None:
    assert [one.id for one in crosswalk.lists if not one.certain] == ["wassenaar", "us-durc-pepp"]
    assert "replacement was not seen" in (crosswalk.public_list("us-durc-pepp").note or "")
    assert "19 sectors" in (crosswalk.public_list("uk-nsi").note or "")
    for one in crosswalk.lists:
        assert one.certain or one.note
        assert all(entry.certain or entry.note or one.note for entry in one.entries)


def test_no_text_of_a_list_sounds_like_a_finding(crosswalk: Crosswalk) -> None:
    texts = [text for one in crosswalk.lists for text in (one.name, one.note or "")]
    texts += [
        text
        for one in crosswalk.lists
        for entry in one.entries
        for text in (entry.name, entry.note or "")
    ]
    assert [text for text in texts if VERDICTS.search(text)] == []


# --- areas


def test_every_area_stands(crosswalk: Crosswalk, taxonomy: Taxonomy) -> None:
    pointed = {slug: crosswalk.of_area(slug) for slug in taxonomy.area_slugs}
    assert [slug for slug in UNLISTED if pointed[slug]] == []
    for slug, pointers in pointed.items():
        assert all((p.because, p.by, p.sentence) == (slug, "area", None) for p in pointers)


def test_disaster_mitigation_is_promoted_only(crosswalk: Crosswalk) -> None:
    [pointer] = crosswalk.of_area("earth-geology-hazards")
    assert crosswalk.public_list(pointer.entry.list_id).kind == "priority"


@pytest.mark.parametrize("slug", ["", "ai-machine-learning", "Chemistry"])
def test_an_unknown_area_is_a_key_error(crosswalk: Crosswalk, slug: str) -> None:
    with pytest.raises(KeyError):
        crosswalk.of_area(slug)
    with pytest.raises(KeyError):
        crosswalk.pointers(["chemistry", slug], [])


@pytest.mark.parametrize("key", ["", "us-cet-2024", "us-cet-2024:19", "6"])
def test_an_unknown_entry_or_list_is_a_key_error(crosswalk: Crosswalk, key: str) -> None:
    with pytest.raises(KeyError):
        crosswalk.entry(key)
    with pytest.raises(KeyError):
        crosswalk.public_list(f"no-{key}")


def test_every_entry_is_found_by_its_key(crosswalk: Crosswalk) -> None:
    entries = [entry for one in crosswalk.lists for entry in one.entries]
    assert [crosswalk.entry(entry.key) for entry in entries] == entries
    assert crosswalk.entry("ca-stra:10.4").name == "Quantum sensing technology"


@pytest.mark.parametrize(
    ("areas", "sentence", "key"),
    [
        (["human-genomics-omics"], "", "cn-hgr:filing"),
        (["geospatial-mapping"], "", "cn-mapping:land"),
        (["undersea-marine-technology"], "", "cn-mapping:sea"),
        (["energy-storage-grid"], "", "cn-export-catalogue:battery-cathode"),
        ([], "Exome sequencing of families.", "cn-hgr:security-review"),
        ([], "A topographic survey of the valley.", "cn-mapping:results"),
        ([], "Multibeam bathymetry of the slope.", "cn-mapping:sea"),
        ([], "A lithium iron phosphate cathode.", "cn-export-catalogue:battery-cathode"),
        ([], "Rare-earth separation by solvents.", "cn-export-catalogue:rare-earths"),
        ([], "Text-to-speech for dialects.", "cn-export-catalogue:speech-synthesis"),
        ([], "Records from call detail records.", "cn-data-security:sensitive-personal"),
        ([], "Rules of cross-border data transfer.", "cn-scientific-data:restricted"),
        ([], "Call detail records are mined.", "us-bulk-data:geolocation"),
        ([], "We use atom interferometry.", "ca-stra:4.3"),
        ([], "Lattice-based cryptography in hardware.", "eu-dual-use:5"),
        ([], "A gene drive in mosquitoes.", "eu-2023-2113:4"),
        ([], "An HgCdTe detector.", "us-cet-2024:4"),
    ],
)
def test_both_sides_limits_are_pointed_to(
    crosswalk: Crosswalk, areas: list[str], sentence: str, key: str
) -> None:
    assert key in _keys(crosswalk.pointers(areas, [sentence]))


def test_harmless_words_point_nowhere(crosswalk: Crosswalk) -> None:
    for sentence in (
        "We date an ice core by the plutonium and ash in it.",
        "A GAN draws birds, and the exoskeleton of beetles is described.",
        "The radar chart of a survey of pupils, with sensors of taste.",
        "Genes drive the transcription of plant hormones.",
    ):
        assert crosswalk.pointers([], [sentence]) == ()


# --- phrases


@pytest.mark.parametrize(
    "text",
    ["laser", "A LASER shines.", "Lasers!", "laser's", "a new-laser", "optical\nmasers", "'laser'"],
)
def test_a_phrase_is_found_however_it_is_written(small: Crosswalk, text: str) -> None:
    [pointer] = small.pointers([], [text])
    assert (pointer.entry.key, pointer.by, pointer.sentence) == ("one:1", "phrase", 0)
    assert pointer.because == ("optical maser" if "optical" in text else "laser")


@pytest.mark.parametrize("text", ["sound wave", "Sound-Waves", "sound\u2011wave", "sound  wave"])
def test_a_hyphen_is_as_good_as_a_space(small: Crosswalk, text: str) -> None:
    assert _keys(small.pointers([], [f"Of {text}, anew"])) == ["one:1", "two:x"]


@pytest.mark.parametrize(
    "text",
    [
        *("laserdisc", "a microlaser", "laser_1", "lase", "lasers1", "laserss", "", "s", "optical"),
        *("sound, wave", "sounds wave", "wave sound", "sound. Wave", "sound - wave", "soundwave"),
    ],
)
def test_only_whole_phrases_count(small: Crosswalk, text: str) -> None:
    assert small.pointers([], [text]) == ()


def test_a_phrase_does_not_run_over_the_end_of_a_sentence(small: Crosswalk) -> None:
    assert small.pointers([], ["A sound", "wave"]) == ()


def test_the_first_sentence_is_named_and_there_what_is_certain(small: Crosswalk) -> None:
    pointers = small.pointers([], ["None.", "A sound wave.", "A laser ring of lasers."])
    assert [(p.entry.key, p.because, p.sentence, p.certain) for p in pointers] == [
        ("one:1", "sound wave", 1, False),
        ("two:x", "sound wave", 1, False),
    ]
    pointers = small.pointers([], ["A laser ring.", "A laser."])
    assert [(p.entry.key, p.because, p.sentence, p.certain) for p in pointers] == [
        ("one:1", "laser", 0, True),
        ("two:x", "laser ring", 0, False),
    ]


def test_a_phrase_is_preferred_to_an_area_and_a_certain_area_to_another(small: Crosswalk) -> None:
    pointers = small.pointers(["maths", "moths"], ["A sound wave."])
    assert [(p.entry.key, p.because, p.by) for p in pointers] == [
        ("one:1", "sound wave", "phrase"),
        ("one:2A", "moths", "area"),
        ("two:x", "sound wave", "phrase"),
    ]
    pointers = small.pointers(["maths", "moths"], [])
    assert [(p.because, p.certain) for p in pointers] == [
        ("moths", True),
        ("moths", False),
        ("moths", False),  # the entry is certain, the list is not
    ]


def test_the_phrases_cover_the_fields_and_are_many(crosswalk: Crosswalk) -> None:
    text = (resources.files("safezone.taxonomy") / "data" / "crosswalk.toml").read_text("utf-8")
    rows = re.findall(r"^\[\[phrase\]\]\nspellings = \[(.*?)\]", text, re.MULTILINE | re.DOTALL)
    assert len(rows) >= 120
    # Each spelling finds itself, alone and inside a sentence.
    for spelling in itertools.chain.from_iterable(re.findall(r'"(.+?)"', row) for row in rows):
        for sentence in (spelling, f"The {spelling.upper()}s, we say."):
            assert spelling in {p.because for p in crosswalk.pointers([], [sentence])} or {
                p.because.casefold() for p in crosswalk.pointers([], [sentence])
            } & set(_parts(spelling)), spelling


def _parts(spelling: str) -> list[str]:
    """Every run of words in a spelling: a shorter, certain phrase in it may be the reason."""
    words = spelling.casefold().split()
    return [" ".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1)]


@given(
    st.lists(st.sampled_from(SLUGS), max_size=6), st.lists(st.sampled_from(SENTENCES), max_size=3)
)
def test_the_order_of_areas_changes_nothing(areas: list[str], sentences: list[str]) -> None:
    crosswalk = load_crosswalk()
    pointers = crosswalk.pointers(areas, sentences)
    assert pointers == crosswalk.pointers(areas[::-1], sentences)
    assert pointers == crosswalk.pointers(sorted({*areas}), sentences)
    order = [entry.key for one in crosswalk.lists for entry in one.entries]
    assert _keys(pointers) == [key for key in order if key in set(_keys(pointers))]
    assert len(set(_keys(pointers))) == len(pointers)
    named = {key for slug in areas for key in _keys(crosswalk.of_area(slug))}
    assert set(_keys(pointers)) == named | set(_keys(crosswalk.pointers([], sentences)))


words = st.sampled_from(
    [
        "focal plane",
        "array",
        "HgCdTe",
        "GENE",
        "drives",
        "side",
        "scan",
        "sonar",
        "-",
        " ",
        ".",
        "s",
    ]
)
texts = st.one_of(
    st.text(max_size=40),
    st.lists(st.one_of(words, st.text(max_size=2)), max_size=12).map("".join),
    st.lists(words, max_size=12).map(" ".join),
)


@given(st.lists(texts, max_size=5))
def test_every_pointer_names_a_sentence_with_its_phrase(sentences: list[str]) -> None:
    for pointer in load_crosswalk().pointers([], sentences):
        assert pointer.by == "phrase"
        assert pointer.sentence is not None
        parts = re.findall(r"\w+", pointer.because.casefold())
        joint = r"(?:\s+|[-\u2010\u2011\u2013])"
        pattern = re.compile(rf"(?<!\w){joint.join(map(re.escape, parts))}s?(?!\w)")
        found = [number for number, s in enumerate(sentences) if pattern.search(s.casefold())]
        assert found[0] == pointer.sentence


def test_long_texts_are_read(small: Crosswalk) -> None:
    [pointer] = small.pointers([], ["word " * 5_000 + "-" * 5_000 + " " * 5_000 + "laser"])
    assert pointer.because == "laser"
