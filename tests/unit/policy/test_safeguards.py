"""Safeguards: the shipped catalogue, what is refused, and what a suggestion promises."""

import itertools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import FrozenInstanceError
from functools import cache
from importlib import resources
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.policy.decide import CollaborationMode
from safezone.policy.safeguards import (
    AXIS_OF_RISK,
    Mode,
    Risk,
    Safeguard,
    Suggestion,
    load_safeguards,
    parse_safeguards,
    suggest,
)
from safezone.taxonomy import Taxonomy, load_taxonomy

MODES = tuple(mode.value for mode in CollaborationMode)
AXES = {axis.id: axis.level_ids for axis in load_taxonomy().axes}
AREAS = {area.slug: area.name for area in load_taxonomy().areas}
LOWEST = {axis: levels[0] for axis, levels in AXES.items()}
ALL_LEVELS = [dict(zip(AXES, row, strict=True)) for row in itertools.product(*AXES.values())]
SHIPPED = (
    resources.files("safezone.policy").joinpath("data/safeguards.toml").read_text(encoding="utf-8")
)
FORBIDDEN = re.compile(
    r"banned|cleared|clearance|complian|reject|violat|forbid|illegal|approv|prohibit", re.IGNORECASE
)
COUNTRIES = re.compile(r"\b(Chin|Americ|Russia|Iran|Brit|Europ|Western)|\b(US|UK|EU)\b")

levels_of_all = st.fixed_dictionaries({axis: st.sampled_from(ids) for axis, ids in AXES.items()})
modes = st.sampled_from(MODES)
some_areas = st.lists(st.sampled_from(list(AREAS)), max_size=5, unique=True)


def _levels(**given_axes: str) -> dict[str, str]:
    return {**LOWEST, **given_axes}


@cache
def _cases() -> list[tuple[str, dict[str, str], list[str], tuple[Suggestion, ...]]]:
    """Every mode and every combination of levels, with no area, with single ones and with all."""
    lists = [[], ["mathematics-statistics"], ["human-genomics-omics"], ["machine-intelligence"]]
    return [
        (mode, levels, areas, suggest(mode, levels, areas))
        for mode, levels, areas in itertools.product(MODES, ALL_LEVELS, [*lists, list(AREAS)])
    ]


def _elevated(levels: Mapping[str, str]) -> set[str]:
    """The risks that are above their lowest level."""
    return {risk for risk, axis in AXIS_OF_RISK.items() if levels[axis] != AXES[axis][0]}


def _ids(suggestions: Sequence[Suggestion]) -> list[str]:
    return [suggestion.safeguard.id for suggestion in suggestions]


# --- the catalogue


def test_the_catalogue_has_its_size_and_unique_names() -> None:
    safeguards = load_safeguards()
    assert 18 <= len(safeguards) <= 26
    for field in ("id", "name", "text"):
        assert len({getattr(safeguard, field) for safeguard in safeguards}) == len(safeguards)
    assert load_safeguards() is safeguards


def test_modes_and_axes_are_those_of_the_rest_of_the_package(taxonomy: Taxonomy) -> None:
    assert get_args(Mode) == MODES
    assert list(AXIS_OF_RISK) == list(get_args(Risk))
    assert list(AXIS_OF_RISK.values()) == [
        axis.id for axis in taxonomy.axes if axis.id != "benefit"
    ]


@pytest.mark.parametrize("safeguard", load_safeguards(), ids=lambda safeguard: safeguard.id)
def test_whatever_a_safeguard_names_exists(safeguard: Safeguard) -> None:
    assert set(safeguard.modes) <= set(MODES)
    assert set(safeguard.lowers) <= AXIS_OF_RISK.keys()
    assert set(safeguard.areas) <= AREAS.keys()
    for axis, level in safeguard.levels:
        assert level in AXES[axis][1:]


@pytest.mark.parametrize("safeguard", load_safeguards(), ids=lambda safeguard: safeguard.id)
def test_texts_are_short_advice_and_no_verdicts(safeguard: Safeguard) -> None:
    assert len(safeguard.name.split()) <= 8
    assert len(re.findall(r"[.?!](?=\s|$)", safeguard.text)) in (1, 2)
    assert safeguard.text.endswith(".")
    for said in (safeguard.name, safeguard.text, safeguard.note or ""):
        assert not FORBIDDEN.search(said)


@pytest.mark.parametrize("safeguard", load_safeguards(), ids=lambda safeguard: safeguard.id)
def test_advice_names_no_country(safeguard: Safeguard) -> None:
    assert not COUNTRIES.search(f"{safeguard.name} {safeguard.text}")


@pytest.mark.parametrize("safeguard", load_safeguards(), ids=lambda safeguard: safeguard.id)
def test_every_source_is_a_named_publication_with_its_year(safeguard: Safeguard) -> None:
    assert re.search(r"[A-Z]\w{2,}", safeguard.source)
    assert re.search(r"\b(19|20)\d\d\b", safeguard.source)
    assert safeguard.certain or safeguard.note, "what is uncertain says why"


def test_the_practices_that_define_the_modes_come_first() -> None:
    first = {mode: _ids(suggest(mode, _levels(), [])) for mode in MODES}
    assert first["open"] == []
    assert first["hosted_data"][0] == "hosted-environment"
    assert first["shared_data"][0] == "data-products-only"
    assert {*first["managed"][:3]} == {
        "hosted-environment",
        "data-products-only",
        "risk-management-plan",
    }


def test_nothing_of_it_can_be_altered() -> None:
    [first, *_] = suggest("managed", _levels(data_use="high"), [])
    for part, field in ((first, "why"), (first.safeguard, "rank")):
        with pytest.raises(FrozenInstanceError):
            setattr(part, field, "other")
    assert hash(first)


def test_every_safeguard_is_suggested_to_someone() -> None:
    highest = {axis: levels[-1] for axis, levels in AXES.items()}
    suggested = {
        id_
        for mode, area in itertools.product(MODES, AREAS)
        for id_ in _ids(suggest(mode, highest, [area], 30))
    }
    assert suggested == {safeguard.id for safeguard in load_safeguards()}


# --- what is suggested


def test_it_fits_the_mode_the_levels_and_the_areas() -> None:
    for mode, levels, areas, suggestions in _cases():
        for suggestion in suggestions:
            safeguard = suggestion.safeguard
            assert mode in safeguard.modes
            for axis, level in safeguard.levels:
                assert AXES[axis].index(levels[axis]) >= AXES[axis].index(level)
            if safeguard.areas_only:
                assert set(areas) & set(safeguard.areas)


def test_it_is_enough_and_not_too_much() -> None:
    for mode, levels, _, suggestions in _cases():
        assert len(suggestions) == len({*_ids(suggestions)}) <= 5
        if mode != "open" or levels["sensitivity"] != "safe":
            assert len(suggestions) >= 2
        elif not _elevated(levels):
            assert suggestions == ()


def test_every_elevated_risk_is_lowered() -> None:
    for _, levels, _, suggestions in _cases():
        lowered = {risk for suggestion in suggestions for risk in suggestion.safeguard.lowers}
        assert _elevated(levels) <= lowered


def test_nothing_is_suggested_for_a_risk_that_is_not_there() -> None:
    for levels in ALL_LEVELS:
        for suggestion in suggest("open", levels, list(AREAS), 30):
            assert _elevated(levels) & set(suggestion.safeguard.lowers)


def test_the_reason_is_one_sentence_that_names_what_is_so() -> None:
    for mode, levels, areas, suggestions in _cases():
        for suggestion in suggestions:
            safeguard, why = suggestion.safeguard, suggestion.why
            for risk, axis in AXIS_OF_RISK.items():
                name = load_taxonomy().axis(axis).name.lower()
                said = f"{name} is '{levels[axis]}'" in why.lower()
                assert said == (risk in _elevated(levels) and risk in safeguard.lowers)
                assert (name in why.lower()) == said
            if not _elevated(levels) & set(safeguard.lowers):
                assert f"'{mode}'" in why
            apt = {AREAS[area] for area in areas if area in safeguard.areas}
            named = {name for name in AREAS.values() if name in why}
            assert named <= apt
            assert len(named) == min(1, len(apt))
            assert re.fullmatch(r"[A-Z][^.]*\.", why)
            assert not FORBIDDEN.search(why)


def test_reasons_read_well() -> None:
    levels = _levels(sensitivity="sensitive", instrumentation="high", data_use="high")
    whys = {
        s.safeguard.id: s.why for s in suggest("managed", levels, ["pathogens-biosecurity"], 30)
    }
    assert whys["data-products-only"] == "Instrumentation risk is 'high'."
    assert (
        whys["due-diligence"]
        == "Topic sensitivity is 'sensitive' and instrumentation risk is 'high'."
    )
    assert whys["biosafety-committee"] == (
        "Topic sensitivity is 'sensitive', instrumentation risk is 'high', data-use risk is 'high' "
        "and the work is in Pathogens & biosecurity."
    )
    [first, *_] = suggest("hosted_data", _levels(), [])
    assert first.why == "The collaboration mode is 'hosted_data'."


@pytest.mark.parametrize(
    ("areas", "safeguard"),
    [
        (["synthetic-biology"], "biosafety-committee"),
        (["cybersecurity-cryptography"], "coordinated-disclosure"),
        (["machine-intelligence"], "staged-release"),
        (["climate-environment", "pathogens-biosecurity"], "biosafety-committee"),
        (["ecology-biodiversity"], "coarse-coordinates"),
        (["human-genomics-omics"], "ethics-and-consent"),
    ],
)
def test_what_is_for_an_area_is_for_no_other(areas: list[str], safeguard: str) -> None:
    levels = _levels(sensitivity="sensitive", instrumentation="medium", data_use="medium")
    assert safeguard in _ids(suggest("managed", levels, areas))
    assert safeguard not in _ids(suggest("managed", levels, ["mathematics-statistics"], 30))


@given(modes, levels_of_all, some_areas)
def test_rank_decides_and_then_the_area(
    mode: str, levels: dict[str, str], areas: list[str]
) -> None:
    def place(safeguard: Safeguard) -> tuple[int, int]:
        primary, apt = set(areas[:1]) & set(safeguard.areas), set(areas) & set(safeguard.areas)
        return safeguard.rank, 0 if primary else 1 if apt else 2

    places = [place(suggestion.safeguard) for suggestion in suggest(mode, levels, areas, 30)]
    assert places == sorted(places)


def test_an_area_brings_its_safeguard_before_others_of_like_rank() -> None:
    levels = _levels(data_use="high")
    plain = _ids(suggest("hosted_data", levels, [], 30))
    apt = _ids(suggest("hosted_data", levels, ["clinical-health-data"], 30))
    assert plain.index("data-agreement") < plain.index("federated-analysis")
    assert apt.index("federated-analysis") < apt.index("data-agreement")


@given(modes, levels_of_all, some_areas, st.integers(1, 8))
def test_however_few_are_asked_for_every_elevated_risk_is_lowered(
    mode: str, levels: dict[str, str], areas: list[str], most: int
) -> None:
    suggestions = suggest(mode, levels, areas, most)
    assert len(suggestions) == len({*_ids(suggestions)}) <= most
    assert _elevated(levels) <= {r for s in suggestions for r in s.safeguard.lowers}
    ranks = [suggestion.safeguard.rank for suggestion in suggestions]
    assert ranks == sorted(ranks)


def test_the_last_place_goes_to_one_that_lowers_what_is_left() -> None:
    levels = _levels(sensitivity="boundary", data_use="high")
    assert _ids(suggest("hosted_data", levels, [], 2)) == ["hosted-environment", "disclosure"]
    assert _ids(suggest("hosted_data", levels, [], 1)) == ["early-review"]


@given(modes, levels_of_all, some_areas)
def test_only_the_first_area_has_a_place(
    mode: str, levels: dict[str, str], areas: list[str]
) -> None:
    again, others = dict(reversed(levels.items())), [*reversed(areas[1:]), *areas[1:]]
    assert suggest(mode, levels, areas) == suggest(mode, again, [*areas[:1], *others])


# --- what is refused


@pytest.mark.parametrize(
    ("mode", "levels", "areas", "named"),
    [
        ("closed", _levels(), [], "'closed'"),
        ("", _levels(), [], "no mode ''"),
        ("open", _levels(sensitivity="high"), [], "sensitivity has no level 'high'"),
        ("open", _levels(benefit="vast"), [], "benefit has no level 'vast'"),
        ("open", _levels(topic="safe"), [], "no axis 'topic'"),
        ("open", {"sensitivity": "safe"}, [], "instrumentation, data_use, benefit"),
        ("open", _levels(), ["polar-cryosphere", "alchemy"], "alchemy"),
    ],
)
def test_what_is_unknown_is_refused(
    mode: str, levels: dict[str, str], areas: list[str], named: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(named)):
        suggest(mode, levels, areas)


@pytest.mark.parametrize("most", [0, -1])
def test_at_least_one_must_be_asked_for(most: int) -> None:
    with pytest.raises(ValueError, match="most"):
        suggest("open", _levels(), [], most)


def test_the_shipped_text_is_what_is_loaded() -> None:
    assert parse_safeguards(SHIPPED) == load_safeguards()
    assert len(tomllib.loads(SHIPPED)["safeguard"]) == len(load_safeguards())


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('id = "exit-plan"', 'id = "Exit plan"', r"id"),
        ('id = "exit-plan"', 'id = "re-review"', r"two safeguards have the id 're-review'"),
        ('name = "Publication plan"', 'name = "Data-sharing agreement"', r"two .* name 'Data-sh"),
        ('name = "Publication plan"', 'name = " "', r"\.name"),
        ('name = "Publication plan"', "", r"\.name: Field required"),
        ('id = "exit-plan"', 'id = "exit-plan"\nweight = 2', r"\.weight"),
        ('id = "exit-plan"', 'id = "exit-plan"\nareas_only = true', r"'areas_only' needs 'areas'"),
        ('areas = ["cybersecurity-cryptography"]', 'areas = ["alchemy"]', r"no such area: alchemy"),
        ('levels = { sensitivity = "boundary" }', 'levels = { topic = "high" }', r"axis 'topic'"),
        (
            'levels = { sensitivity = "boundary" }',
            'levels = { data_use = "most" }',
            r"level 'most'",
        ),
        ('levels = { sensitivity = "boundary" }', 'levels = { sensitivity = "safe" }', r"always"),
        ("(2020), doi 10.15468/doc-5jp4-5g10", "", r"names its year"),
    ],
)
def test_whatever_is_wrong_is_refused_and_named(old: str, new: str, named: str) -> None:
    assert SHIPPED.count(old) == 1
    with pytest.raises(ValueError, match=named):
        parse_safeguards(SHIPPED.replace(old, new))


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("lowers", "[]", "lowers"),
        ("lowers", '["benefit"]', "lowers"),
        ("lowers", '["topic", "topic"]', "named twice: topic"),
        ("modes", "[]", "modes"),
        ("modes", '["closed"]', "modes"),
        ("modes", '["open", "open"]', "named twice: open"),
        ("rank", "0", "rank"),
        ("rank", "true", "rank"),
        ("rank", '"1"', "rank"),
        ("certain", '"yes"', "certain"),
        ("text", '""', "text"),
    ],
)
def test_a_value_out_of_range_is_refused(key: str, value: str, named: str) -> None:
    broken = re.sub(rf"^{key} = .*$", f"{key} = {value}", SHIPPED, count=1, flags=re.MULTILINE)
    with pytest.raises(ValueError, match=named):
        parse_safeguards(broken)


def test_everything_that_is_wrong_is_listed() -> None:
    broken = (
        SHIPPED.replace('id = "exit-plan"', 'id = "re-review"')
        .replace('areas = ["cybersecurity-cryptography"]', 'areas = ["alchemy"]\ncolour = 1')
        .replace('name = "Publication plan"', "")
    )
    with pytest.raises(ValueError, match="not valid") as caught:
        parse_safeguards(broken)
    for named in ("'re-review'", "alchemy", "colour", "name: Field required"):
        assert named in str(caught.value)


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (("early-review", "re-review"), "in mode 'open' none without conditions lowers every risk"),
        (
            ("early-review", "data-agreement", "de-identification"),
            "in mode 'open' fewer than two without conditions lower data_use",
        ),
    ],
)
def test_a_catalogue_that_leaves_a_risk_bare_is_refused(
    missing: tuple[str, ...], named: str
) -> None:
    tables = re.split(r"(?=\[\[safeguard\]\])", SHIPPED)
    rest = [table for table in tables if not any(f'id = "{id_}"' in table for id_ in missing)]
    assert len(rest) == len(tables) - len(missing)
    with pytest.raises(ValueError, match=re.escape(named)):
        parse_safeguards("".join(rest))


@pytest.mark.parametrize("text", ["[[safeguard", "safeguard = ", "\0"])
def test_what_is_no_toml_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not valid TOML"):
        parse_safeguards(text)


@pytest.mark.parametrize("text", ["", "safeguard = 3", "safeguard = [1]", "safeguard = []"])
def test_an_empty_or_misshapen_catalogue_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="safeguards are not valid"):
        parse_safeguards(text)
