"""The one place where settings choose implementations."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from safezone.config import Settings, read_settings
from safezone.errors import BundleNotFound, EncoderUnavailable
from safezone.model.bundle import ENCODER, TOKENIZER, Bundle, is_bundle, load_bundle
from safezone.model.encoders.processor import multiplies_int8
from safezone.policy.library import find_policy, load_policies
from safezone.policy.profile import Policy
from safezone.taxonomy import load_taxonomy
from safezone.text.cleaner import TEXT_VERSION
from safezone.text.language import load_languages

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from safezone.assessment import Assessor
    from safezone.model.encoders.exported import ExportedEncoder
    from safezone.model.ports import Encoder

DEFAULT_MODEL = "minilm-adapted-2"


def shipped_model() -> Path:
    """The folder of the bundle that comes with the package or stands in the checkout."""
    package = Path(str(resources.files("safezone")))
    candidates = [
        package / "shipped_models" / DEFAULT_MODEL,
        package.parent.parent / "models" / DEFAULT_MODEL,
    ]
    for candidate in candidates:
        if is_bundle(candidate):
            return candidate
    raise BundleNotFound(
        f"The shipped model {DEFAULT_MODEL} is not there. Name a bundle with SAFEZONE_MODEL, or "
        "install the package again."
    )


def load_encoder(settings: Settings, bundle: Bundle | None = None) -> Encoder:
    """The encoder that the settings name, or else the bundle's own, or else `minilm`.

    The bundle's own is run by what the settings name, or else by what is fastest here.

    Raises EncoderUnavailable.
    """
    if settings.encoder is None and bundle is not None and bundle.encoder:
        return _exported_encoder(settings)(
            bundle.encoder[ENCODER],
            bundle.encoder[TOKENIZER],
            settings.threads,
            calls=settings.readers or 1,
        )
    if settings.encoder == "debug":
        from safezone.model.encoders.debug import DebugEncoder

        return DebugEncoder()
    from safezone.model.encoders.sentence_transformers import SentenceTransformersEncoder

    folder = None if settings.encoder in (None, "minilm") else Path(settings.encoder)
    return SentenceTransformersEncoder(folder, threads=settings.threads)


def _exported_encoder(settings: Settings) -> type[ExportedEncoder]:
    there = find_spec("openvino") is not None
    if settings.runtime == "openvino" and not there:
        raise EncoderUnavailable(
            "OpenVINO is not installed. Install openvino, or set SAFEZONE_RUNTIME to onnx or auto."
        )
    if settings.runtime == "openvino" or (
        settings.runtime == "auto" and there and multiplies_int8()
    ):
        from safezone.model.encoders.openvino import OpenVinoEncoder

        return OpenVinoEncoder
    from safezone.model.encoders.onnx import OnnxEncoder

    return OnnxEncoder


def encoder_folder(settings: Settings) -> Path | None:
    """The sentence-transformers folder that the settings name; None for an encoder without one."""
    if settings.encoder == "debug":
        return None
    from safezone.model.encoders.sentence_transformers import minilm_folder

    return minilm_folder() if settings.encoder in (None, "minilm") else Path(settings.encoder)


def read_bundle(settings: Settings) -> Bundle:
    """The verified bundle that the settings name. Raises BundleError."""
    return load_bundle(
        settings.model or shipped_model(),
        taxonomy_version=load_taxonomy().version,
        text_version=TEXT_VERSION,
    )


def read_policies(settings: Settings) -> Mapping[str, Policy]:
    """The shipped policies and those of the settings' folder, by id. Raises InvalidPolicy."""
    return load_policies(settings.policy_folder)


def open_store(settings: Settings) -> Engine:
    """The database that the settings name, brought to this version. Raises StoreUnavailable."""
    from safezone.store.engine import open_engine
    from safezone.store.schema import upgrade

    engine = open_engine(settings.store)
    upgrade(engine)
    return engine


def load_assessor(settings: Settings | None = None) -> Assessor:
    """An assessor ready for use, from settings or else from the environment.

    Loading takes seconds; keep the assessor. From then on, matrix products of numpy and scipy run
    on one thread each in this process. Raises InvalidSettings, InvalidPolicy, BundleError or
    EncoderUnavailable.
    """
    settings = settings or read_settings()
    taxonomy = load_taxonomy()
    policy = find_policy(settings.policy, read_policies(settings))
    load_languages()

    from threadpoolctl import threadpool_limits

    from safezone.assessment import Assessor
    from safezone.model.predictor import Model

    # What is not the encoder's is so small that further threads only wait, each on a core of its
    # own. It acts on the libraries that are loaded by now.
    threadpool_limits(1, user_api="blas")
    bundle = read_bundle(settings)
    return Assessor(Model(bundle, load_encoder(settings, bundle), taxonomy), policy, taxonomy)
