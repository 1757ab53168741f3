"""The model card of a bundle, in Markdown, made from its manifest and metrics."""

import json
from collections.abc import Mapping
from typing import Any

from safezone.model.bundle import Manifest
from safezone.taxonomy import Taxonomy
from safezone.training.report import markdown_table, weakest_areas

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
  The weights are those of all-MiniLM-L6-v2 (Apache-2.0) where the package is used as shipped.
- Beside it a lexical view: TF-IDF of {terms} words and word pairs.
- Heads: one logistic regression for each threshold of each axis and for each of {areas} areas.
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

These figures are of the sources above; where source and label go together in them, texts of another
source may do worse. Measure on your own labelled records with `safezone evaluate`.
{learning_curve}
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
        learning_curve=_LEARNING_CURVE if "learning_curve" in metrics else "",
    )
