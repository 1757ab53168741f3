"""What is compared: ways to read the same texts with a model of the same size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.environments import ROOT

_OPTIMUM = Path(__file__).parent / "requirements" / "optimum.txt"
_MODEL2VEC = ROOT / "bench" / "quality" / "requirements" / "model2vec.txt"

# In their places come the folders of the bundle, of the reference and of what was saved from it.
BUNDLE, REFERENCE, SAVED = "{bundle}", "{reference}", "{saved}"
# All texts of a round in one call.
ALL = 0


@dataclass(frozen=True)
class System:
    """A reader in `peers`, started with `options`, which is given `at_once` texts in a call.

    With `saves`, it is run once before with these options, to make what it then loads. `like` is
    the key of the system of the same weights that its answers are held against; `arithmetic` names
    the peak that its speed is held against, if any.
    """

    key: str
    name: str
    note: str
    module: str
    options: Sequence[str]
    at_once: int = ALL
    arithmetic: str | None = "float32"
    like: str | None = None
    requirements: Path | None = None
    saves: Sequence[str] = ()

    @property
    def alone(self) -> bool:
        """Whether single texts are measured: those of 64 at a time are what one at a time is."""
        return self.at_once in (ALL, 1)

    @property
    def labels(self) -> bool:
        """Whether it says levels, not vectors alone."""
        return self.module == "product"

    @property
    def environment(self) -> str:
        """The name of the environment that it shares with others of the same requirements."""
        return self.requirements.stem if self.requirements else self.key


# The key of what the others' speed is compared to.
DEFAULT = "default"
_RUNTIMES = {"onnx": "ONNX Runtime", "openvino": "OpenVINO"}
_ARITHMETIC = {"onnx": "float32", "openvino": "int8"}
_CHOSEN = {"onnx": "float32", "openvino": "what it chooses itself: bfloat16 on some processors"}


def _default(key: str, name: str, note: str, *options: str) -> System:
    return System(key, name, note, "sentence_transformers", ("--folder", REFERENCE, *options))


def _backend(backend: str) -> System:
    return System(
        f"default-{backend}",
        f"sentence-transformers, {_RUNTIMES[backend]}",
        f'the default with backend="{backend}", in {_CHOSEN[backend]}',
        "sentence_transformers",
        ("--folder", SAVED, "--backend", backend),
        arithmetic="float32" if backend == "onnx" else None,
        like=DEFAULT,
        requirements=_OPTIMUM,
        saves=("--folder", REFERENCE, "--backend", backend),
    )


def _encoder(runtime: str) -> System:
    return System(
        f"encoder-{runtime}",
        f"our encoder, {_RUNTIMES[runtime]}",
        f"the bundle's encoder alone, products in {_ARITHMETIC[runtime]}, parts of 510 pieces",
        "encoder",
        ("--bundle", BUNDLE, "--runtime", runtime),
        arithmetic=_ARITHMETIC[runtime],
        like="encoder-onnx" if runtime == "openvino" else None,
    )


def _product(runtime: str, at_once: int) -> System:
    turns = f"-{at_once}" if at_once > 1 else ""
    return System(
        f"product-{runtime}{turns}",
        f"safezone, {_RUNTIMES[runtime]}, {at_once if turns else 'one'} at a time",
        "the whole product: cleaning, encoder, heads, evidence, route",
        "product",
        ("--bundle", BUNDLE, "--runtime", runtime),
        at_once=at_once,
        arithmetic=_ARITHMETIC[runtime],
        like=f"product-onnx{turns}" if runtime == "openvino" else None,
    )


_ALL = (
    _default(
        DEFAULT, "sentence-transformers", "all-MiniLM-L6-v2 as it comes, PyTorch, cut at 256 pieces"
    ),
    _default(
        "default-512", "sentence-transformers, 512", "the same, cut at 512 pieces", "--cut", "512"
    ),
    _backend("onnx"),
    _backend("openvino"),
    System(
        "model2vec",
        "model2vec",
        "static vectors of 256 numbers distilled from all-MiniLM-L6-v2 as it comes, not adapted",
        "static",
        ("--folder", SAVED),
        arithmetic=None,
        requirements=_MODEL2VEC,
        saves=("--folder", REFERENCE),
    ),
    _encoder("onnx"),
    _encoder("openvino"),
    *(_product(runtime, at_once) for runtime in _RUNTIMES for at_once in (1, 64)),
)
SYSTEMS: Mapping[str, System] = {system.key: system for system in _ALL}
