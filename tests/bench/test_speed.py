"""The comparison of encoders: its figures, its stages, its processes, and a small whole run."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bench.speed import stages
from bench.speed.fidelity import Answer, fidelity
from bench.speed.measure import Measured, cosines, finish, flops, take_turns
from bench.speed.peers.protocol import Text
from bench.speed.running import NotRunning, Places, Running, running, started
from bench.speed.special import SPECIAL
from bench.speed.stages import ENCODING, REST, STAGES, Stopwatch, stage_seconds, watched
from bench.speed.systems import DEFAULT, SYSTEMS
from bench.speed.tables import CUT, UNREAD, special_table, speed_table, stage_table

import safezone.text.prepare
from safezone.assessment import Assessor, Proposal
from safezone.assessment.types import MAX_ABSTRACT_CHARACTERS
from safezone.corpus.records import Record
from safezone.model.bundle import ENCODER, TOKENIZER, save_bundle
from safezone.model.encoders.onnx import OnnxEncoder
from safezone.taxonomy import Taxonomy
from safezone.text.sentences import sentence_spans
from tiny_encoders import lookup_encoder, save_tiny_bert, tiny_tokenizer

REPOSITORY = Path(__file__).resolve().parents[2]
ABSTRACTS = REPOSITORY / "tests" / "fixtures" / "abstracts.jsonl"
AXES = ("sensitivity", "benefit")


def measured(
    key: str, *rounds: float, lengths: Sequence[Sequence[int]] = ((10,), (20,))
) -> Measured:
    return Measured(
        SYSTEMS[key], 1, 2.0, lengths, list(rounds), [0.1] * 3, [0.5] * len(rounds), 5_000_000
    )


def test_a_part_takes_the_operations_of_its_matrix_products() -> None:
    x, attention = np.ones((512, 384)), np.ones((512, 512))
    shapes = [(x.shape, (384, 384))] * 4 + [(x.shape, (384, 1536)), ((512, 1536), (1536, 384))]
    # All heads together: queries with keys, then their weights with values.
    shapes += [(x.shape, (384, 512)), (attention.shape, x.shape)]

    assert flops(510) == 6 * sum(
        2 * rows * inner * columns for (rows, inner), (_, columns) in shapes
    )


def test_ratios_are_of_the_same_round_and_the_peak_of_the_best() -> None:
    default, ours = measured(DEFAULT, 2, 4, 8), measured("encoder-openvino", 1, 4, 2)

    assert default.rates == [1, 0.5, 0.25]
    assert ours.ratio(default) == 2
    assert ours.range(default) == (1, 4)
    assert ours.peak_share({"int8": flops(10) + flops(20)}) == 1
    assert ours.peak_share({"float32": 1}) is None
    assert replace(ours, threads=2).peak_share({"int8": flops(10) + flops(20)}) == 0.5
    assert default.cpu == pytest.approx(0.5 * 2 / 2)


def test_cosines_are_of_vectors_that_both_have() -> None:
    mean, least = cosines([[1, 0], None, [3, 4]], [[5, 0], [1, 0], [0, 1]])

    assert (mean, least) == pytest.approx((0.9, 0.8))


def answer(*levels: int, sure: float = 0.8) -> Answer:
    rest = (1 - sure) / 2
    return {
        axis: (level, [sure if n == level else rest for n in range(3)])
        for axis, level in zip(AXES, levels, strict=True)
    }


def test_a_level_that_differs_is_a_flip_and_an_abstention_one_on_every_axis() -> None:
    ours = [answer(0, 1), answer(2, 1), None, None]
    theirs = [answer(0, 1), answer(1, 1), answer(0, 0), None]

    found = fidelity(ours, theirs, [None] * 4, AXES)

    assert found.texts == 3
    assert found.flips == pytest.approx((1 + 2) / 6)
    assert found.ece is None


def test_the_calibration_error_is_compared_where_both_answer_and_a_label_is_known() -> None:
    same, surer = [answer(0, 1)] * 10, [answer(0, 1, sure=0.9)] * 10
    truth = [(0, 1)] * 10

    assert fidelity(same, same, truth, AXES).ece == 0
    # All are right, so the surer is the better calibrated one.
    found = fidelity([*surer, None, answer(1, 1)], [*same, answer(1, 1), answer(1, 1)],
                     [*truth, (0, 0), None], AXES)  # fmt: skip
    assert found.ece == pytest.approx(-0.1)
    assert found.worst == pytest.approx(-0.1)


class FakeReader(Running):
    """Answers as a reader does, and notes in `log` who was asked what for how many texts."""

    def __init__(self, name: str, log: list[tuple[str, str, int]]) -> None:
        self.name = name
        self._log = []  # type: ignore[assignment]
        self.asked = log

    def ask(self, method: str, **arguments: Any) -> Any:
        if method == "rates":
            return {"float32": 5.0 + len(self.asked), "int8": None}
        texts = arguments.get("texts", [])
        self.asked.append((self.name, method, len(texts)))
        calls = -(-len(texts) // arguments.get("at_once", 1))
        return {
            "timed": {"seconds": [2.0] * calls, "cpu": calls},
            "lengths": [[7, 2]] * len(texts),
            "memory": 11,
        }[method]


TEXTS: list[Text] = [("", str(number)) for number in range(6)]


def test_systems_take_turns_and_the_first_round_does_not_count() -> None:
    log: list[tuple[str, str, int]] = []
    keys = ("default", "product-onnx", "product-onnx-64")
    pairs = [(FakeReader(key, log), Measured(SYSTEMS[key], 1, 0)) for key in keys]

    peaks = take_turns(pairs, FakeReader("peak", log), TEXTS, TEXTS[:2], rounds=3)

    turns = [name for name, _, texts in log if texts == len(TEXTS)]
    assert [sorted(turns[start : start + 3]) for start in (0, 3, 6)] == [sorted(keys)] * 3
    # Before them: both ways, one by one, and both ways, of which one is not measured.
    assert [texts for _, _, texts in log[:5]].count(2) == 4
    default, product, batched = (one for _, one in pairs)
    # In one call, one by one, and one by one again since 64 hold all.
    assert (default.rounds, product.rounds, batched.rounds) == ([2] * 3, [12] * 3, [2] * 3)
    assert [len(one.alone) for _, one in pairs] == [6, 18, 0]
    assert default.cores == [0.5] * 3
    assert peaks == {"float32": 5.0 + len(log)}


def test_special_texts_are_read_by_those_that_read_single_ones() -> None:
    log: list[tuple[str, str, int]] = []
    one, batched = (Measured(SYSTEMS[f"product-onnx{of}"], 1, 0) for of in ("", "-64"))
    for system in (one, batched):
        finish(FakeReader("", log), system, TEXTS, {"a word": ("", "Soil")})

    assert one.special == {"a word": (2.0, 9)}
    assert not batched.special
    assert (one.pieces, one.memory) == (54, 11)


def test_the_special_texts_are_what_they_are_called_and_none_is_too_long_for_the_product() -> None:
    words = {name: len(abstract.split()) for name, (_, abstract) in SPECIAL.items()}

    assert words["one word"] == 1
    assert words["20 words"] == 20
    assert len(sentence_spans(SPECIAL["400 sentences"][1])) == 400
    assert all(len(abstract) <= MAX_ABSTRACT_CHARACTERS for _, abstract in SPECIAL.values())


def test_a_stage_has_the_time_inside_it_without_that_of_stages_inside_that() -> None:
    ticks = iter([0, 1, 3, 6, 10, 15, 21])
    watch = Stopwatch(lambda: next(ticks))

    with watch.inside("outer"):
        with watch.inside("inner"):
            pass
        with pytest.raises(ValueError, match="inner"), watch.inside("inner"):
            raise ValueError("inner")
    # To 1 in none, to 3 outer, to 6 inner, to 10 outer, to 15 inner, to 21 outer.
    assert watch.seconds == {REST: 1, "outer": 2 + 4 + 6, "inner": 3 + 5}


def test_functions_are_watched_wherever_they_are_used_and_then_as_they_were() -> None:
    before = vars(safezone.text.prepare)["clean"]
    names = {"cleaning": ("safezone.text.cleaner:clean",), "other": ("safezone.text:gone", "no:no")}

    with watched(watch := Stopwatch(), names) as missing:
        safezone.text.prepare.prepare("A title", "An abstract.")

    assert list(missing) == ["safezone.text:gone", "no:no"]
    assert "cleaning" in watch.seconds
    assert vars(safezone.text.prepare)["clean"] is before


def test_every_stage_is_a_function_of_the_product_and_all_but_the_debug_encoder_takes_time(
    debug_assessor: Assessor,
) -> None:
    proposal = Proposal("We measure how soils in forests keep carbon as summers get dry. " * 6)

    found, missing = stage_seconds(
        lambda: stages.json_of(debug_assessor.assess([proposal])[0]), rounds=2
    )

    assert not missing
    assert found.keys() == {*STAGES, REST}
    exported = {ENCODING, "tokenising"}
    assert {stage for stage, seconds in found.items() if not seconds} <= exported


def test_the_speed_table_has_ratios_to_the_default_and_no_figure_that_was_not_measured() -> None:
    results = {key: {1: measured(key, 4, 4)} for key in (DEFAULT, "model2vec")}
    results["encoder-openvino"] = {1: replace(measured("encoder-openvino", 2, 1), alone=[])}

    table = speed_table(results, {"float32": 1e12}, {"encoder-openvino": (0.5, 0.25)}, {})

    default, static, ours = (line.split(" | ") for line in table.splitlines()[2:])
    assert default[1] == "0.5 (1.00)"
    assert ours[1:3] == ["1.5 (3.00)", "2.00 to 4.00"]
    assert ours[5] == "–"
    assert "of float32" in default[8]
    assert (static[8], ours[8]) == ("–", "not measured")
    assert ours[9] == "0.50000 / 0.25000"


def test_a_special_text_that_was_read_in_part_or_not_is_marked() -> None:
    results = {
        key: {1: replace(measured(key, 1), special={"long": (0.001, pieces)})}
        for key, pieces in (("default", 254), ("encoder-onnx", 2000), ("product-onnx", 0))
    }

    lines = special_table(results, ["long"]).splitlines()

    assert [line.split(" | ")[1] for line in lines[2:]] == [
        f"1.0{CUT} |",
        "1.0 |",
        f"1.0{UNREAD} |",
    ]


def test_that_no_special_text_was_measured_is_said() -> None:
    assert "not asked for" in special_table({"default": {2: measured("default", 2)}}, ["long"])


def test_the_stage_table_has_shares_and_what_is_not_encoding() -> None:
    table = stage_table({"cleaning": 0.01, ENCODING: 0.03}, texts=10)

    assert "| cleaning | 1.00 | 25.0% |" in table
    assert "| **all but encoding** | 1.00 | 25.0% |" in table


def test_every_system_has_a_reader_and_every_open_version_is_pinned() -> None:
    peers = REPOSITORY / "bench" / "speed" / "peers"
    for system in SYSTEMS.values():
        assert (peers / f"{system.module}.py").exists()
        assert system.like is None or system.like in SYSTEMS
        if system.requirements:
            lines = system.requirements.read_text(encoding="utf-8").splitlines()
            pins = [line for line in lines if line and line[0] != "#"]
            assert pins
            assert all("==" in pin for pin in pins)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "bundle", tmp_path / "reference", tmp_path / "work")


def test_what_a_library_prints_is_no_answer(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "from bench.speed.peers.protocol import serve\n"
        "class Loud:\n"
        "    def read(self, texts):\n"
        "        print('loading')\n"
        "        return len(texts)\n"
        "serve(Loud)\n"
    )
    monkeypatch.setattr("bench.speed.running._command", lambda python, _: [str(python), "-c", code])

    with running("loud", Path(sys.executable), [], 1, places) as reader:
        assert reader.ask("read", texts=["a", "b"]) == 2
        assert reader.ask("read", texts=[]) == 0

    assert "loading" in (places.work / "logs" / "loud.txt").read_text(encoding="utf-8")


def test_a_reader_that_does_not_start_is_told_with_its_log(places: Places) -> None:
    with (
        pytest.raises(NotRunning, match=r"encoder-onnx-threads-1: .*encoder-onnx-threads-1\.txt"),
        started(SYSTEMS["encoder-onnx"], 1, places),
    ):
        pass

    log = (places.work / "logs" / "encoder-onnx-threads-1.txt").read_text(encoding="utf-8")
    assert "BundleNotFound" in log


@pytest.fixture(scope="module")
def tiny_model(
    taxonomy: Taxonomy, fixture_records: list[Record], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A bundle that carries an encoder of four numbers a piece."""
    from safezone.training.fit import train
    from safezone.training.linear import HeadSettings
    from safezone.training.settings import TrainingSettings

    files = {ENCODER: lookup_encoder(), TOKENIZER: tiny_tokenizer()}
    bundle = train(
        fixture_records,
        name="tiny",
        encoder=OnnxEncoder(files[ENCODER], files[TOKENIZER]),
        taxonomy=taxonomy,
        settings=TrainingSettings(resamples=5, heads=HeadSettings(min_documents=2)),
    )
    path = tmp_path_factory.mktemp("models") / "tiny"
    save_bundle(replace(bundle, encoder=files), path)
    return path


def test_a_run_measures_every_system_that_starts_and_tells_what_it_left_out(
    tmp_path: Path, tiny_model: Path
) -> None:
    systems = ("default", "encoder-onnx", "encoder-openvino", "product-onnx", "product-openvino")
    reference = save_tiny_bert(tmp_path / "reference")
    sizes = ("--number", "3", "--alone", "1", "--rounds", "1", "--threads", "1")
    places = ("--model", tiny_model, "--reference", reference, "--work", tmp_path / "work")
    report = tmp_path / "report.json"
    options = ("--texts", ABSTRACTS, *sizes, *places, "--report", report, "--systems", *systems)

    done = subprocess.run(
        [sys.executable, "-m", "bench.speed", *options],
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text(encoding="utf-8"))
    assert found["systems"].keys() == set(systems)
    for of_threads in found["systems"].values():
        one = of_threads["1"]
        assert len(one["rounds"]) == 1
        assert min(one["load"], one["memory"], one["pieces"], *one["rounds"], *one["alone"]) > 0
        assert one["special"].keys() == SPECIAL.keys()
    assert min(found["cosines"]["encoder-openvino"]) > 0.99
    assert found["fidelity"]["product-openvino"]["flips"] == 0
    assert found["stages"]["seconds"][ENCODING] > 0
    assert not found["stages"]["missing"]
    for title in ("| cleaning |", "| safezone, OpenVINO, one at a time |", "400 sentences"):
        assert title in done.stdout
