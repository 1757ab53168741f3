"""The OpenAPI document: FastAPI's, put right where it would promise what this service does not."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from safezone.api.problems import Kind, Problem, responses
from safezone.api.service import Service

_SCHEMES = {
    "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
    "bearer": {"type": "http", "scheme": "bearer"},
}


def document(app: FastAPI) -> dict[str, Any]:
    """The document of an application, made once.

    Problems stand in the place of FastAPI's own error schemas; the policies are those this service
    knows; keys are asked for where it asks for them.
    """
    if app.openapi_schema is None:
        service: Service = app.state.service
        made = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = made["components"]["schemas"]
        for own in ("HTTPValidationError", "ValidationError"):
            schemas.pop(own, None)
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs"))
        schemas["Problem"] = problem
        _tell_our_422(made)
        _name_policies(made, list(service.policies))
        _take_null_out_of_forms(schemas)
        _ask_for_keys(made, asked=service.asks_for_keys)
        app.openapi_schema = made
    return app.openapi_schema


def _tell_our_422(made: dict[str, Any]) -> None:
    """FastAPI promises its own error for every parameter: a problem where a value can be wrong, and
    nothing where every path is as good as another.
    """
    for operations in made["paths"].values():
        for operation in operations.values():
            if "HTTPValidationError" not in str(operation["responses"].get("422")):
                continue
            del operation["responses"]["422"]
            if any(parameter["in"] == "query" for parameter in operation["parameters"]):
                operation["responses"]["422"] = responses(Kind.INVALID_REQUEST)[422]


def _name_policies(made: dict[str, Any], policies: list[str]) -> None:
    """Say which policies this service knows, in the place of 'any text'."""
    schemas = made["components"]["schemas"]
    named = [
        kind
        for body in schemas.values()
        if "policy" in body.get("properties", {})
        and "maxLength" in str(body["properties"]["policy"])
        for kind in body["properties"]["policy"]["anyOf"]
        if kind["type"] == "string"
    ]
    of_path = made["paths"]["/v1/policies/{policy_id}"]["get"]["parameters"][0]["schema"]
    for schema in (*named, of_path):
        schema.pop("maxLength", None)
        schema["enum"] = policies


def _take_null_out_of_forms(schemas: dict[str, Any]) -> None:
    """A field of a form is there or not; there is no way to send null."""
    for name, schema in schemas.items():
        if name.startswith("Body_"):
            for field in schema["properties"].values():
                field.update(field.pop("anyOf", [{}])[0])


def _ask_for_keys(made: dict[str, Any], *, asked: bool) -> None:
    for path, operations in made["paths"].items():
        for operation in operations.values():
            of_this = path.startswith("/v1/")
            if asked and of_this:
                operation["security"] = [{scheme: []} for scheme in _SCHEMES]
            if not asked:
                for status in ("401", "403"):
                    operation["responses"].pop(status, None)
    if asked:
        made["components"]["securitySchemes"] = _SCHEMES
