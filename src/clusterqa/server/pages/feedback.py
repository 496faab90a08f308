"""What a reader says of an answer or of one of its sources: a form in, an opinion kept."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from clusterqa.records.feedback import Verdict
from clusterqa.server.answer_log import TheRecords
from clusterqa.server.api.answers import stored
from clusterqa.server.api.feedback import NOTE_CHARS
from clusterqa.server.api.inputs import Name, Text
from clusterqa.server.pages.rendering import reader_of, respond
from clusterqa.server.pages.route import PageRoute

router = APIRouter(include_in_schema=False, route_class=PageRoute)


class OpinionForm(BaseModel):
    """The form as sent; `back` is the address of the answer."""

    answer: Name
    verdict: Verdict
    citation: Annotated[int | None, Field(ge=1, le=100)] = None
    note: Annotated[Text, Field(max_length=NOTE_CHARS)] = ""
    back: str = ""

    def back_address(self) -> str:
        """Where the reader came from, if that is an answer of this page and no other place."""
        return self.back if re.match(r"ask\?", self.back) else "./"


def from_this_site(request: Request) -> None:
    """Raise 403 for a form that another site sent: browsers say so (Fetch Metadata, RFC 6454)."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = urlsplit(origin).netloc == request.headers.get("host") if origin else True
    if site not in ("same-origin", "none") if site else not own:
        raise HTTPException(403, "This form was sent by another site; send it from this page.")


@router.post("/feedback", dependencies=[Depends(from_this_site)])
def feedback(
    request: Request, form: Annotated[OpinionForm, Form()], records: TheRecords
) -> Response:
    """Keep an opinion and say so; raises `NotFound` for an answer that is not kept."""
    answer = stored(records, form.answer)
    records.feedback.keep(
        form.answer,
        form.verdict,
        citation=form.citation,
        note=form.note.strip(),
        question=answer["question"] or None,
        as_of=answer["as_of"],
        index_id=answer["index"]["id"],
    )
    return respond(request, "thanks.html", reader_of(request), {"back": form.back_address()})
