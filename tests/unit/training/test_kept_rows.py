"""Which rows are kept away from an adaptation, for calibration."""

from safezone.training.adapted import kept_rows
from safezone.training.material import Material


def test_a_seventh_of_the_sample_is_kept_and_nothing_of_the_supplement_but_other_texts(
    material: Material,
) -> None:
    kept = kept_rows(material, 0)
    assert len(kept) == len(set(kept.tolist()))
    of_sample = kept[kept < material.sampled]
    assert 0.5 / 7 < len(of_sample) / material.sampled < 2 / 7
    others = [record.levels for record in material.rows(kept[kept >= material.sampled])]
    assert len(others) > 0
    assert set(others) == {None}
    assert kept_rows(material, 1).tolist() != kept.tolist()


def test_copies_are_kept_together_or_not_at_all(material: Material) -> None:
    of_seeds = [set(kept_rows(material, seed).tolist()) for seed in range(5)]
    pairs = {(n in kept, 80 + n in kept) for kept in of_seeds for n in range(3)}
    assert pairs == {(True, True), (False, False)}
