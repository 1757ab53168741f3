"""Pointers to public lists: they say where they come from, and touch no score."""

from safezone.assessment import Assessor, Proposal
from safezone.assessment.pointers import list_pointers
from safezone.corpus.records import Record
from safezone.taxonomy.crosswalk import load_crosswalk
from safezone.text.prepare import prepare
from sample_texts import ENGLISH

SENTENCE = "We will fabricate a focal-plane array and test it on a lithium niobate chip."


def test_a_phrase_points_to_its_sentence_in_the_text_as_sent() -> None:
    abstract = f"{ENGLISH}\n  <b>{SENTENCE}</b>"
    text = prepare("A title", abstract)
    found = list_pointers(load_crosswalk(), ["semiconductors-microelectronics"], text.sentences)
    by_phrase = [pointer for pointer in found if pointer.by == "phrase"]
    assert {pointer.because for pointer in by_phrase} >= {"focal plane array"}
    for pointer in by_phrase:
        assert pointer.field == "abstract"
        assert SENTENCE in abstract[pointer.start : pointer.end]
    by_area = [pointer for pointer in found if pointer.by == "area"]
    assert {pointer.because for pointer in by_area} == {"semiconductors-microelectronics"}
    assert {(pointer.field, pointer.start, pointer.end) for pointer in by_area} == {
        (None, None, None)
    }


def test_every_pointer_names_list_version_and_kind() -> None:
    crosswalk = load_crosswalk()
    for pointer in list_pointers(crosswalk, ["quantum-technology"], ()):
        public = crosswalk.public_list(pointer.entry.partition(":")[0])
        assert (pointer.list, pointer.version, pointer.kind) == (
            public.name,
            public.version,
            public.kind,
        )
        assert crosswalk.entry(pointer.entry).name == pointer.name


def test_harmless_subjects_point_nowhere() -> None:
    assert list_pointers(load_crosswalk(), ["mathematics-statistics"], ()) == ()


def test_an_assessment_carries_those_of_its_first_area_and_phrases(
    debug_assessor: Assessor, fixture_records: list[Record]
) -> None:
    proposal = Proposal(f"{fixture_records[0].abstract} {SENTENCE}")
    [assessment] = debug_assessor.assess([proposal])
    assert {p.because for p in assessment.list_pointers if p.by == "area"} <= {
        assessment.areas[0].slug
    }
    assert "focal plane array" in {pointer.because for pointer in assessment.list_pointers}
    assert assessment.provenance.lists == load_crosswalk().version
    [abstained] = debug_assessor.assess([Proposal("Too short.")])
    assert abstained.list_pointers == ()
