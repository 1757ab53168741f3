"""Settings choose the implementations, and what cannot be chosen says why."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from safezone import bootstrap
from safezone.assessment import Proposal
from safezone.bootstrap import (
    DEFAULT_MODEL,
    encoder_folder,
    load_assessor,
    load_encoder,
    read_bundle,
    shipped_model,
)
from safezone.config import read_settings
from safezone.errors import (
    BundleMismatch,
    BundleNotFound,
    EncoderUnavailable,
    InvalidPolicy,
    InvalidSettings,
    SafezoneError,
)
from safezone.model.bundle import ENCODER, TOKENIZER, Bundle
from safezone.model.digests import sha256
from safezone.model.encoders.debug import DebugEncoder
from safezone.model.encoders.exported import ExportedEncoder
from safezone.model.encoders.sentence_transformers import minilm_folder
from tiny_bundles import tiny_bundle
from tiny_encoders import lookup_encoder, tiny_tokenizer


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as that of the package, in a checkout of its own."""
    folder = tmp_path / "src" / "safezone"
    folder.mkdir(parents=True)
    monkeypatch.setattr(bootstrap, "resources", SimpleNamespace(files=lambda _: folder))
    return folder


def _put_bundle(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    return folder


def test_the_shipped_model_is_that_of_the_checkout(package: Path) -> None:
    in_checkout = _put_bundle(package.parents[1] / "models" / DEFAULT_MODEL)
    assert shipped_model() == in_checkout


def test_the_shipped_model_of_an_installed_package_comes_first(package: Path) -> None:
    _put_bundle(package.parents[1] / "models" / DEFAULT_MODEL)
    installed = _put_bundle(package / "shipped_models" / DEFAULT_MODEL)
    assert shipped_model() == installed


@pytest.mark.parametrize("other", [None, f"models/{DEFAULT_MODEL}-draft"])
def test_without_a_shipped_model_the_message_says_how_to_name_one(
    package: Path, other: str | None
) -> None:
    if other:
        _put_bundle(package.parents[1] / other)
    with pytest.raises(BundleNotFound, match="SAFEZONE_MODEL"):
        shipped_model()


def test_the_bundle_is_the_one_that_the_settings_name(debug_bundle_path: Path) -> None:
    assert read_bundle(read_settings(model=debug_bundle_path)).manifest.name == "debug"


@pytest.mark.usefixtures("package")
def test_a_named_bundle_is_not_replaced_by_the_shipped_one(tmp_path: Path) -> None:
    with pytest.raises(BundleNotFound, match="nowhere"):
        read_bundle(read_settings(model=tmp_path / "nowhere"))


def test_a_bundle_of_another_text_version_is_refused(
    debug_bundle_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "TEXT_VERSION", "another")
    with pytest.raises(BundleMismatch, match="another"):
        read_bundle(read_settings(model=debug_bundle_path))


def test_the_debug_encoder_is_chosen_by_its_name() -> None:
    assert isinstance(load_encoder(read_settings(encoder="debug")), DebugEncoder)


@pytest.mark.parametrize("encoder", ["no/such/folder", "Debug", "sentence-transformers/x"])
def test_any_other_name_is_a_local_folder_and_never_fetched(encoder: str) -> None:
    with pytest.raises(EncoderUnavailable, match="There is no sentence-transformers folder"):
        load_encoder(read_settings(encoder=encoder))


def test_the_packaged_encoder_and_its_threads_come_from_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[tuple[Path | None, int | None]] = []
    monkeypatch.setattr(
        "safezone.model.encoders.sentence_transformers.SentenceTransformersEncoder",
        lambda folder, threads: made.append((folder, threads)),
    )
    load_encoder(read_settings(encoder="minilm", threads=3))
    load_encoder(read_settings(encoder="some/folder"))
    load_encoder(read_settings(), tiny_bundle())  # a bundle without an encoder of its own
    load_encoder(read_settings())
    assert made == [(None, 3), (Path("some/folder"), None), (None, None), (None, None)]


@pytest.fixture
def with_encoder() -> Bundle:
    return replace(tiny_bundle(), encoder={ENCODER: lookup_encoder(), TOKENIZER: tiny_tokenizer()})


def test_a_bundles_own_encoder_is_chosen_where_the_settings_name_none(with_encoder: Bundle) -> None:
    encoder = load_encoder(read_settings(threads=1), with_encoder)
    assert isinstance(encoder, ExportedEncoder)
    assert encoder.info.digest == sha256(with_encoder.encoder[ENCODER])
    [pieces] = encoder.pieces(["laser radar"])
    assert encoder.embed([pieces])[0].shape == (2, 4)


@pytest.mark.parametrize(
    ("runtime", "installed", "fast_processor", "arithmetic"),
    [
        ("auto", True, True, "int8"),
        ("auto", True, False, "float32"),
        ("auto", False, True, "float32"),
        ("onnx", True, True, "float32"),
        ("openvino", True, False, "int8"),
    ],
)
def test_it_is_run_by_what_is_fastest_here_or_as_the_settings_say(
    with_encoder: Bundle,
    monkeypatch: pytest.MonkeyPatch,
    runtime: str,
    installed: bool,
    fast_processor: bool,
    arithmetic: str,
) -> None:
    if installed:
        pytest.importorskip("openvino", reason="OpenVINO is not installed on this machine")
    else:
        monkeypatch.setattr(bootstrap, "find_spec", lambda _: None)
    monkeypatch.setattr(bootstrap, "multiplies_int8", lambda: fast_processor)
    assert load_encoder(read_settings(runtime=runtime), with_encoder).arithmetic == arithmetic


def test_a_runtime_that_is_asked_for_and_not_there_is_unavailable(
    with_encoder: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "find_spec", lambda _: None)
    with pytest.raises(EncoderUnavailable, match="OpenVINO is not installed"):
        load_encoder(read_settings(runtime="openvino"), with_encoder)


def test_an_encoder_that_the_settings_name_wins_over_the_bundles_own(with_encoder: Bundle) -> None:
    assert isinstance(load_encoder(read_settings(encoder="debug"), with_encoder), DebugEncoder)


def test_a_bundles_own_encoder_that_is_damaged_is_unavailable(with_encoder: Bundle) -> None:
    files = {**with_encoder.encoder, ENCODER: b"not a model"}
    with pytest.raises(EncoderUnavailable):
        load_encoder(read_settings(), replace(with_encoder, encoder=files))


def test_an_encoder_has_the_folder_that_the_settings_name(tmp_path: Path) -> None:
    assert encoder_folder(read_settings(encoder="debug")) is None
    assert encoder_folder(read_settings(encoder=str(tmp_path))) == tmp_path
    for settings in (read_settings(), read_settings(encoder="minilm")):
        assert encoder_folder(settings) == minilm_folder()
    assert (minilm_folder() / "tokenizer.json").is_file()


def test_an_assessor_comes_from_the_environment_alone(
    debug_bundle_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFEZONE_MODEL", str(debug_bundle_path))
    monkeypatch.setenv("SAFEZONE_ENCODER", "debug")
    assessor = load_assessor()
    assert assessor.self_check()
    [assessment] = assessor.assess([Proposal("Too short.")])
    assert assessment.provenance.policy == "default@1"


def test_what_is_not_the_encoders_is_computed_on_one_thread(debug_bundle_path: Path) -> None:
    """Further ones would wait for each other, on a core each."""
    with threadpool_limits(3, user_api="blas"):
        load_assessor(read_settings(encoder="debug", model=debug_bundle_path))
        libraries = [each for each in threadpool_info() if each["user_api"] == "blas"]
        assert libraries
        assert {each["num_threads"] for each in libraries} == {1}


def test_the_other_encoder_does_not_go_with_the_bundle(
    debug_bundle_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = SimpleNamespace(info=SimpleNamespace(name="minilm", digest="0" * 64))
    monkeypatch.setattr(bootstrap, "load_encoder", lambda *_: other)
    with pytest.raises(BundleMismatch, match="SAFEZONE_ENCODER"):
        load_assessor(read_settings(model=debug_bundle_path))


@pytest.mark.parametrize(
    ("variable", "value", "error"),
    [
        ("SAFEZONE_POLICY", "no-such-policy", InvalidPolicy),
        ("SAFEZONE_MODEL", "no/such/bundle", BundleNotFound),
        ("SAFEZONE_ENCODER", "no/such/folder", EncoderUnavailable),
        ("SAFEZONE_PORT", "many", InvalidSettings),
    ],
)
def test_what_cannot_be_had_is_an_error_of_this_package(
    debug_bundle_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    error: type[SafezoneError],
) -> None:
    monkeypatch.setenv("SAFEZONE_MODEL", str(debug_bundle_path))
    monkeypatch.setenv("SAFEZONE_ENCODER", "debug")
    monkeypatch.setenv(variable, value)
    with pytest.raises(error):
        load_assessor()
