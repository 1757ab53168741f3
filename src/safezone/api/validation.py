"""What pydantic found wrong with a request, in words that repeat nothing of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from safezone.api.problems import ProblemItem

_EXPECTED = {
    "missing": "is required",
    "string_type": "must be a string",
    "string_too_short": "must not be empty",
    "string_unicode": "holds half of a surrogate pair, which is no character; send valid Unicode",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}
# Of errors with a bound, the words and the name of the bound.
_BOUNDED = {
    "string_too_long": ("must have at most {:,} characters", "max_length"),
    "too_long": ("must have at most {:,} items", "max_length"),
    "too_short": ("must have at least {:,} item", "min_length"),
}


def invalid_items(
    errors: Iterable[Mapping[str, Any]], body: type[BaseModel] | None
) -> list[ProblemItem]:
    """One item for each thing that is wrong, each once.

    `errors` are pydantic's about a request whose body is of the model, with locations as FastAPI
    gives them: they begin with `body`, `query`, `path` or `header`.
    """
    items = [_item(str(error["type"]), error, body) for error in errors]
    return list({item.model_dump_json(): item for item in items}.values())


def _item(code: str, error: Mapping[str, Any], body: type[BaseModel] | None) -> ProblemItem:
    place, *location = error["loc"]
    if place != "body" or body is None:
        name = f" '{location[0]}'" if location else ""
        detail = f"The {place} parameter{name} is not valid; /openapi.json says what it may be."
        return ProblemItem(pointer="", code=code, detail=detail)
    pointer, model = _walk(location, body)
    if code == "extra_forbidden":
        return ProblemItem(
            pointer=pointer,
            code="unknown_member",
            detail=f"The members here are: {', '.join(model.model_fields)}.",
        )
    if not pointer:
        return ProblemItem(
            pointer="",
            code="not_an_object",
            detail=f"Send a JSON object with the members {', '.join(model.model_fields)}.",
        )
    if code in _BOUNDED:
        words, bound = _BOUNDED[code]
        expected = words.format(error["ctx"][bound])
    else:
        expected = _EXPECTED.get(code, "is not valid")
    name = next(part for part in reversed(pointer.split("/")) if not part.isdigit())
    return ProblemItem(pointer=pointer, code=code, detail=f"'{name}' {expected}.")


def _walk(location: Sequence[str | int], body: type[BaseModel]) -> tuple[str, type[BaseModel]]:
    """The JSON Pointer as far as it names members of ours, and the innermost object's model."""
    pointer, model = "", body
    for part in location:
        if isinstance(part, str):
            if part not in model.model_fields:
                break
            inner = model.model_fields[part].annotation
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                model = inner
        pointer += f"/{part}"
    return pointer, model
