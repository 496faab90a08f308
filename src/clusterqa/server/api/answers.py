"""Permalinks: an answer as it was given, after a restart and whatever the index is by then."""

import json
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from clusterqa.answers import Answer
from clusterqa.errors import NotFound
from clusterqa.server.answer_log import TheRecords
from clusterqa.server.api.formats import bibtex, csl_json, markdown
from clusterqa.server.api.inputs import Id, StrictModel
from clusterqa.server.problems import refusals

router = APIRouter(prefix="/v1/answers", tags=["answers"])

FORMATS: dict[str, tuple[str, Callable[[dict[str, Any]], str]]] = {
    "json": ("application/json", partial(json.dumps, ensure_ascii=False)),
    "md": ("text/markdown; charset=utf-8", markdown),
    "csl-json": ("application/vnd.citationstyles.csl+json", csl_json),
    "bibtex": ("application/x-bibtex; charset=utf-8", bibtex),
}
OTHERS: dict[str, Any] = {
    kind.partition(";")[0]: {} for kind, _ in FORMATS.values() if "/json" not in kind
}


class AnswerQuery(StrictModel):
    format: Annotated[
        Literal["json", "md", "csl-json", "bibtex"],
        Field(description="The whole answer, or its citations for a reference manager."),
    ] = "json"


@router.get(
    "/{id}",
    response_model=Answer,
    responses=refusals(404, 422) | {200: {"description": "The answer", "content": OTHERS}},
)
def answer(id: Id, query: Annotated[AnswerQuery, Query()], records: TheRecords) -> Response:
    """An answer that was given, with the index it came from; `question` is empty if not kept."""
    media_type, form = FORMATS[query.format]
    return Response(form(stored(records, id)), media_type=media_type)


def stored(records: TheRecords, id: str) -> dict[str, Any]:
    """The answer that is kept under an id; raises `NotFound`."""
    found = records.answers.find(id)
    if found is None:
        raise NotFound(
            f"There is no answer {id[:60]!r}; they are kept for {records.answers.keep_days} days."
        )
    return found
