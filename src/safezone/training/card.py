"""The model card of a bundle, in Markdown, made from its manifest and metrics."""

import json
from collections.abc import Mapping
from typing import Any

from safezone.model.bundle import Manifest
from safezone.taxonomy import Taxonomy
from safezone.training.evaluate import GROUP_ROWS
from safezone.training.report import group_table, markdown_table, weakest_areas

_TEMPLATE = """\
# Model card: {version}

## What it is for
Telling a funder, a researcher or a grant portal how geopolitically sensitive a research abstract
reads: topic sensitivity, instrumentation risk, data-use risk and collaboration benefit, each by
itself. The answer is a triage signal for a person. It is not a legal finding, and nothing in it
rejects or approves a proposal.

It must not be used to judge people, institutions or countries (it is built not to see them), to
decide without a person, or on texts other than English abstracts of research projects.

## How it was made
- Encoder: {encoder}, {encoder_dimension} dimensions, weights' SHA-256 `{encoder_digest}`.
  {origin}
- Beside it a lexical view: TF-IDF of {terms} words and word pairs.
- Heads: linear, one for each threshold of each axis and for each of {areas} areas.
- Calibration: Platt scaling; prediction sets: split conformal, stated coverage {coverage:.0%}.
- Records: {records}, SHA-256 `{records_sha256}`; by source: {sources}.
- Taxonomy {taxonomy_version}, text version {text_version}, calibration {calibration_version}.
- Settings: `{settings}`.

## How good it is
On {measured_on} (95% bootstrap intervals):

{table}

Texts that are no research abstracts: {other_away} of {other} turned away; research abstracts:
{research_away} of {research} turned away.

Areas read worst (share of right levels over all axes, of how many records): {weakest}.

By source, where it has at least {group_rows} records: quadratic-weighted kappa / expected
calibration error / coverage of the prediction sets.

{by_source}

![Reliability diagrams](reliability.png)

These figures are of the sources above; where source and label go together in them, texts of another
source may do worse. Measure on your own labelled records with `safezone evaluate`.
{learning_curve}{audit}
## Limits
- It reads English abstracts. It knows what its records show: a field, a style or a length that is
  not among them is read with less right than the probabilities say.
- Its ceiling is the agreement of the people who labelled the records.
- The prediction sets' coverage holds for texts like those records, not for every field.
- A text can be worded to score lower than the work behind it deserves.
"""

_LEARNING_CURVE = """
## What more records would bring
![Learning curves](learning_curve.png)

The sample are the records that are calibrated on, the supplement those that were written to teach
a boundary. Each line lets one of them grow while the other stays whole; every point is measured on
records that its heads had not seen, before calibration. Where a line still rises at its right end,
more labels of that kind help.
"""


_AUDIT = """
## How it behaves when a text is changed
`safezone audit` on {texts:,} texts: {met} of {measured} goals are met. Missed:

{missed}
"""
_ADAPTED = (
    "Its upper layers were trained on the records; it began as all-MiniLM-L6-v2 (Apache-2.0,\n  by "
    "the sentence-transformers team), unless another folder was named."
)
_AS_IT_COMES = (
    "Taken as it comes: all-MiniLM-L6-v2 (Apache-2.0, by the sentence-transformers team) unless\n"
    "  another folder was named."
)


def render_card(manifest: Manifest, metrics: Mapping[str, Any], taxonomy: Taxonomy) -> str:
    """The card's text."""
    training, scope = manifest.training, metrics["scope"]
    return _TEMPLATE.format(
        **manifest.model_dump(
            include={
                "version",
                "encoder",
                "encoder_dimension",
                "encoder_digest",
                "coverage",
                "taxonomy_version",
                "text_version",
                "calibration_version",
            }
        ),
        terms=f"{training['settings']['heads']['max_terms']:,} at most",
        areas=len(taxonomy.areas),
        records=f"{training['records']:,}",
        records_sha256=training["records_sha256"],
        sources=", ".join(f"{source} {count:,}" for source, count in training["sources"].items()),
        settings=json.dumps(training["settings"], sort_keys=True),
        measured_on=metrics["measured_on"],
        table=markdown_table(metrics, taxonomy),
        research=scope["research_abstracts"],
        research_away=scope["of_these_turned_away"],
        other=scope["other_texts"],
        other_away=scope["of_those_turned_away"],
        weakest=", ".join(weakest_areas(metrics)) or "too few records to say",
        origin=_ADAPTED if training["settings"].get("adaptation") else _AS_IT_COMES,
        group_rows=GROUP_ROWS,
        by_source=group_table(metrics["by_source"], taxonomy),
        learning_curve=_LEARNING_CURVE if "learning_curve" in metrics else "",
        audit=_audit(metrics["audit"]) if "audit" in metrics else "",
    )


def _audit(audit: Mapping[str, Any]) -> str:
    """The section on the audit, from the goals of its report."""
    measured = [goal for goal in audit["goals"] if goal["met"] is not None]
    missed = [
        f"- {goal['part']}, {goal['name']}: {goal['value']:.3g}, the goal is "
        f"{'at least' if goal['at_least'] else 'at most'} {goal['bound']:g}"
        for goal in measured
        if not goal["met"]
    ]
    return _AUDIT.format(
        texts=audit["texts"],
        met=len(measured) - len(missed),
        measured=len(measured),
        missed="\n".join(missed) or "none.",
    )
