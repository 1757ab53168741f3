"""A bundle is written as a whole, read back as it was, and refused where it does not fit."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from safezone.errors import BundleCorrupt, BundleError, BundleMismatch, BundleNotFound
from safezone.model.bundle import (
    Bundle,
    is_bundle,
    load_bundle,
    save_bundle,
)
from safezone.model.ports import EncoderInfo
from tiny_bundles import (
    FILES,
    TAXONOMY_VERSION,
    TEXT_VERSION,
    load,
    reseal,
    seal,
    tiny_bundle,
)


def _bytes(path: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in path.iterdir()}


def _same(one: Bundle, two: Bundle) -> bool:
    return (
        (one.manifest, one.vocabulary, one.metrics, one.card, one.encoder, one.pictures)
        == (two.manifest, two.vocabulary, two.metrics, two.card, two.encoder, two.pictures)
        and one.arrays.keys() == two.arrays.keys()
        and all(np.array_equal(one.arrays[key], two.arrays[key]) for key in one.arrays)
        and all(one.arrays[key].dtype == two.arrays[key].dtype for key in one.arrays)
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "model"
    save_bundle(tiny_bundle(), path)
    return path


def test_what_is_loaded_is_what_was_saved(saved: Path) -> None:
    assert _same(load(saved), tiny_bundle())
    assert {entry.name for entry in saved.iterdir()} == set(FILES)


def test_the_same_bundle_gives_the_same_bytes(tmp_path: Path, saved: Path) -> None:
    bundle = tiny_bundle()
    backwards = Bundle(
        bundle.manifest,
        {key: bundle.arrays[key] for key in reversed(list(bundle.arrays))},
        bundle.vocabulary,
        {key: bundle.metrics[key] for key in reversed(list(bundle.metrics))},
        bundle.card,
    )
    save_bundle(backwards, tmp_path / "again")
    assert _bytes(tmp_path / "again") == _bytes(saved)


def test_another_bundle_gives_other_bytes(tmp_path: Path, saved: Path) -> None:
    save_bundle(tiny_bundle("other"), tmp_path / "other")
    assert _bytes(tmp_path / "other") != _bytes(saved)


def test_arrays_that_are_views_are_saved_as_they_read(tmp_path: Path) -> None:
    bundle = tiny_bundle()
    turned = {"dense": bundle.arrays["dense"].T, "offset": bundle.arrays["offset"][::-1]}
    save_bundle(
        Bundle(bundle.manifest, turned, bundle.vocabulary, bundle.metrics, bundle.card),
        tmp_path / "turned",
    )
    loaded = load(tmp_path / "turned").arrays
    assert {key: value.tolist() for key, value in loaded.items()} == {
        "dense": [[0.5, 2.0], [-1.0, 0.25]],
        "offset": [-3.0, 1.5],
    }


def test_the_manifest_names_the_encoder(saved: Path) -> None:
    assert load(saved).manifest.encoder_info == EncoderInfo("debug", "ab" * 32, 2)


def test_a_trained_bundle_loads_and_survives_a_round_trip(
    debug_bundle_path: Path, tmp_path: Path
) -> None:
    fields = json.loads((debug_bundle_path / "manifest.json").read_bytes())
    versions = {key: fields[key] for key in ("taxonomy_version", "text_version")}
    bundle = load_bundle(debug_bundle_path, **versions)
    save_bundle(bundle, tmp_path / "copy")
    assert _bytes(tmp_path / "copy") == _bytes(debug_bundle_path)


def test_saving_replaces_a_bundle_and_leaves_nothing_else(tmp_path: Path, saved: Path) -> None:
    save_bundle(tiny_bundle("second"), saved)
    assert load(saved).manifest.name == "second"
    assert [entry.name for entry in tmp_path.iterdir()] == ["model"]


def test_saving_makes_the_folders_above(tmp_path: Path) -> None:
    save_bundle(tiny_bundle(), tmp_path / "a" / "b" / "model")
    assert _same(load(tmp_path / "a" / "b" / "model"), tiny_bundle())


@pytest.mark.parametrize("failing_write", range(5))
def test_a_disk_that_fills_up_leaves_the_old_bundle(
    tmp_path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch, failing_write: int
) -> None:
    before, write = _bytes(saved), Path.write_bytes
    written: list[Path] = []

    def full(path: Path, data: bytes) -> int:
        if len(written) == failing_write:
            raise OSError(28, "No space left on device")
        written.append(path)
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        save_bundle(tiny_bundle("second"), saved)
    assert _bytes(saved) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize("failing_rename", [0, 1])
def test_a_rename_that_fails_leaves_the_old_bundle(
    tmp_path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch, failing_rename: int
) -> None:
    rename = Path.rename
    renamed: list[Path] = []

    def failing(path: Path, target: Path) -> Path:
        renamed.append(path)
        if len(renamed) == failing_rename + 1:
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="Input/output error"):
        save_bundle(tiny_bundle("second"), saved)
    assert _same(load(saved), tiny_bundle())


def test_a_folder_that_is_no_bundle_is_not_replaced(tmp_path: Path) -> None:
    """`--out ~/project` must not cost the project."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "thesis.txt").write_text("years of work")
    with pytest.raises(BundleError, match="project"):
        save_bundle(tiny_bundle(), tmp_path / "project")
    assert (tmp_path / "project" / "thesis.txt").read_text() == "years of work"


def test_a_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("years of work")
    with pytest.raises(BundleError, match="notes"):
        save_bundle(tiny_bundle(), tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text() == "years of work"


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    save_bundle(tiny_bundle(), tmp_path / "model")
    assert _same(load(tmp_path / "model"), tiny_bundle())


def test_no_bundle_at_all_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        assert not is_bundle(path)
        with pytest.raises(BundleNotFound) as caught:
            load(path)
        assert str(path) in str(caught.value)
        assert "SAFEZONE_MODEL" in str(caught.value)


@pytest.mark.parametrize(
    ("taxonomy_version", "text_version", "told"),
    [
        ("taxonomy-8", TEXT_VERSION, (TAXONOMY_VERSION, "taxonomy-8")),
        (TAXONOMY_VERSION, "text-6", (TEXT_VERSION, "text-6")),
    ],
)
def test_a_bundle_for_another_taxonomy_or_text_version_is_a_mismatch(
    saved: Path, taxonomy_version: str, text_version: str, told: tuple[str, str]
) -> None:
    with pytest.raises(BundleMismatch) as caught:
        load_bundle(saved, taxonomy_version=taxonomy_version, text_version=text_version)
    assert [version for version in told if version not in str(caught.value)] == []


@pytest.mark.parametrize("made_in", [0, 1, 3, 17, "2", None])
def test_a_bundle_of_another_format_is_a_mismatch(saved: Path, made_in: object) -> None:
    reseal(saved, format=made_in)
    with pytest.raises(BundleMismatch, match=f"format {made_in}, this program reads 2"):
        load(saved)


def test_a_sealed_manifest_without_a_field_is_corrupt(saved: Path) -> None:
    whole = json.loads((saved / "manifest.json").read_bytes())
    del whole["digest"]
    for field in whole.keys() - {"format"}:
        seal(saved, {key: value for key, value in whole.items() if key != field})
        with pytest.raises(BundleCorrupt, match=r"manifest\.json"):
            load(saved)
    seal(saved, whole)
    assert _same(load(saved), tiny_bundle())


def test_is_bundle_goes_by_the_manifest_alone(saved: Path) -> None:
    assert is_bundle(saved)
    shutil.copytree(saved, saved.parent / "copy")
    (saved.parent / "copy" / "manifest.json").unlink()
    assert not is_bundle(saved.parent / "copy")
