"""The form of this project's own records, stricter than what training reads."""

from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from safezone.taxonomy import Taxonomy

Style = Literal[
    "company",
    "us_academic",
    "biomedical",
    "european",
    "uk_lay",
    "asian",
    "foundation",
    "fellowship",
    "infrastructure",
    "network",
    "field_campaign",
    "theory",
    "paper",
]
Tactic = Literal["harmless_words", "alarming_words", "padding"]

_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)


class OwnRecord(BaseModel):
    """A text written for this project.

    `style` is the voice it is written in; `tactic` how an adversarial one tries to mislead; `why`
    the codebook's reason for its labels. `pair` links contrasts. `readers` are the labels that each
    reader gave on its own, the writer's first; `labels` are those settled on, null for a text that
    is no research abstract.
    """

    model_config = _STRICT

    id: str = Field(pattern=r"^(own|oos)-[a-z0-9-]+$")
    source: Literal["own"]
    kind: str = Field(min_length=1)
    style: Style | None
    title: str
    abstract: str = Field(min_length=1)
    labels: Any
    areas: list[str] = Field(max_length=3)
    pair: str | None
    tactic: Tactic | None
    why: str = Field(min_length=1)
    readers: list[Any]

    def level(self, axis: str) -> str | None:
        """The name of its level on an axis."""
        return None if self.labels is None else str(getattr(self.labels, axis))


@lru_cache(maxsize=4)
def record_model(taxonomy: Taxonomy) -> type[OwnRecord]:
    """The model of a record whose levels and areas are those of the taxonomy."""
    levels: dict[str, Any] = {
        axis.id: (Literal[tuple(axis.level_ids)], ...) for axis in taxonomy.axes
    }
    labels: Any = create_model("Labels", __config__=_STRICT, **levels)
    area: Any = Literal[tuple(taxonomy.area_slugs)]
    fields: dict[str, Any] = {
        "labels": (labels | None, ...),
        "areas": (list[area], Field(max_length=3)),
        "readers": (list[labels], ...),
    }
    return create_model("Record", __base__=OwnRecord, __doc__=OwnRecord.__doc__, **fields)


def record_schema(taxonomy: Taxonomy) -> dict[str, Any]:
    """The same as JSON Schema, for tools in other languages."""
    return record_model(taxonomy).model_json_schema()
