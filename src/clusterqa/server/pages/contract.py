"""The OpenAPI document as a page: every route for programs, what it takes, what it answers.

It is made on this server from the document that programs read, so it needs no script and nothing
from elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from clusterqa.server.pages.rendering import reader_of, respond
from clusterqa.server.pages.route import PageRoute

router = APIRouter(include_in_schema=False, route_class=PageRoute)
LIMITS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "default")
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DescribedField:
    """A parameter or a field of a body: its kind and limits as JSON Schema names them."""

    name: str
    place: str
    kind: str
    limits: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class DescribedRoute:
    """One operation; `answers` are its statuses with what each means."""

    method: str
    path: str
    summary: str
    description: str
    fields: tuple[DescribedField, ...]
    answers: tuple[tuple[str, str], ...]

    @property
    def anchor(self) -> str:
        letters = "".join(c if c.isalnum() else "-" for c in f"{self.method}{self.path}")
        return letters.lower().strip("-")


@router.get("/docs")
def docs(request: Request) -> Response:
    """Every route for programs, from the OpenAPI document."""
    document = request.app.openapi()
    fields = {"routes": routes_of(document), "about": document["info"]["description"]}
    return respond(request, "docs.html", reader_of(request), fields)


def routes_of(document: Schema) -> list[DescribedRoute]:
    """The operations of an OpenAPI document, in its order."""
    return [
        described(path, method, said, document)
        for path, methods in document["paths"].items()
        for method, said in methods.items()
    ]


def described(path: str, method: str, said: Schema, document: Schema) -> DescribedRoute:
    given = [parameter(one, document) for one in said.get("parameters", ())]
    answers = ((status, one["description"]) for status, one in said["responses"].items())
    return DescribedRoute(
        method.upper(),
        path,
        said.get("summary", ""),
        said.get("description", ""),
        (*given, *body(said.get("requestBody", {}), document)),
        tuple(answers),
    )


def parameter(said: Schema, document: Schema) -> DescribedField:
    schema = said.get("schema", {})
    text = said.get("description") or schema.get("description", "")
    return field(said["name"], said["in"], schema, document, text, said.get("required", False))


def body(said: Schema, document: Schema) -> Iterator[DescribedField]:
    """The fields of a JSON body; none where there is none."""
    schema = resolved(
        said.get("content", {}).get("application/json", {}).get("schema", {}), document
    )
    needed = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        text = one.get("description") or resolved(one, document).get("description", "")
        yield field(name, "body", one, document, text, name in needed)


def field(
    name: str, place: str, schema: Schema, document: Schema, text: str, required: bool
) -> DescribedField:
    limits = ", ".join(limits_of(schema, document))
    return DescribedField(name, place, kind_of(schema, document), limits, required, text)


def kind_of(schema: Schema, document: Schema) -> str:
    """ "array of string", "string (date) or null": what JSON Schema says of a value."""
    schema = resolved(schema, document)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind_of(one, document) for one in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return " or ".join(
            f"\u201c{one}\u201d" for one in schema.get("enum", [schema.get("const")])
        )
    kind = str(schema.get("type", "any value"))
    if kind == "array" and isinstance(schema.get("items"), Mapping):
        return f"array of {kind_of(schema['items'], document)}"
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def limits_of(schema: Schema, document: Schema) -> Iterator[str]:
    schema = resolved(schema, document)
    parts: Sequence[Schema] = [schema, *schema.get("anyOf", ())]
    for part in parts:
        for name in LIMITS:
            if part.get(name) is not None:
                yield f"{name} {part[name]}"


def resolved(schema: Schema, document: Schema) -> Schema:
    """The schema that a reference names, or the schema itself."""
    place = schema.get("$ref", "").removeprefix("#/components/schemas/")
    found: Schema = document["components"]["schemas"][place] if place else schema
    return found
