"""What a reader says of an answer or of one of its sources: a form in, an `Opinion` kept."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from clusterqa.server.library import NotHere
from clusterqa.server.page_route import PageRoute
from clusterqa.server.rendering import reader_of, respond

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@dataclass(frozen=True, slots=True)
class Opinion:
    """A verdict on an answer, or on its citation of that number."""

    answer: str
    verdict: Literal["wrong", "incomplete", "outdated", "bad_citation"]
    citation: int | None
    note: str
    index: str


KeepOpinion = Callable[[Opinion], None]


class OpinionForm(BaseModel):
    answer: Annotated[str, Field(pattern=r"^ans_\w{1,64}$")]
    verdict: Literal["wrong", "incomplete", "outdated", "bad_citation"]
    citation: Annotated[int | None, Field(ge=1, le=100)] = None
    note: Annotated[str, Field(max_length=2_000)] = ""
    index: Annotated[str, Field(max_length=200)] = ""
    back: str = ""

    def back_address(self) -> str:
        """Where the reader came from, if that is an answer of this page and no other place."""
        return self.back if re.match(r"ask\?", self.back) else "./"


@router.post("/feedback")
def feedback(request: Request, form: Annotated[OpinionForm, Form()]) -> Response:
    """Keep an opinion and say so; 404 on a server that keeps none."""
    keep: KeepOpinion | None = request.app.state.keep_opinion
    if keep is None:
        raise NotHere("This server keeps no feedback.")
    note = form.note.strip()
    keep(Opinion(form.answer, form.verdict, form.citation, note, form.index))
    return respond(request, "thanks.html", reader_of(request), {"back": form.back_address()})
