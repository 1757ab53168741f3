"""Which records a bundle shows as precedents, and what of them."""

from dataclasses import replace

from safezone.corpus.records import Record
from safezone.taxonomy import Taxonomy
from safezone.training.material import Material
from safezone.training.precedents import as_precedent, precedent_rows


def test_only_research_abstracts_of_the_supplement_are_shown(
    fixture_records: list[Record], taxonomy: Taxonomy
) -> None:
    """The sample's records are other people's."""
    other = replace(fixture_records[0], id="other", levels=None, areas=())
    material = Material.of(
        [other, *fixture_records[:80]], [fixture_records[80], other, fixture_records[81]], taxonomy
    )
    assert precedent_rows(material).tolist() == [81, 83]
    without = Material.of(fixture_records, [], taxonomy)
    assert precedent_rows(without).tolist() == []


def test_a_precedent_has_labels_by_name_and_not_the_abstract(taxonomy: Taxonomy) -> None:
    record = Record("7", "made", "Ice", "SECRET words", (0, 1, 2, 1), (3, 0), why="It is ice.")
    shown = as_precedent(record, taxonomy)
    assert (shown.id, shown.title, shown.why) == ("7", "Ice", "It is ice.")
    assert shown.levels == {
        "sensitivity": "safe",
        "instrumentation": "medium",
        "data_use": "high",
        "benefit": "mutual",
    }
    assert shown.areas == (taxonomy.area_slugs[3], taxonomy.area_slugs[0])
    assert "SECRET" not in shown.model_dump_json()
