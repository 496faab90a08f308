"""The page for people: a form, an answer with its sources, what is in here. No script needed.

A conversation lives in the page alone: its earlier questions travel in hidden fields and come back
as untrusted input.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel
from starlette.responses import Response

from clusterqa.errors import ClusterQAError, UsageError
from clusterqa.server.api import day
from clusterqa.server.opening import TheOpener
from clusterqa.server.problems import log_fault
from clusterqa.types import Answer, LegalStatus, Relation, Turn, Work, WorkKind

WEB = Path(__file__).parent.parent / "web"
QUESTION_CHARS = 2_000
TURNS_KEPT = 5
STATUS_IN_WORDS: dict[LegalStatus, str] = {
    "in_force": "In force",
    "superseded": "Superseded",
    "expired": "No longer in force",
    "not_yet": "Not yet applicable",
    "guidance": "Guidance, not law",
}
KIND_IN_WORDS: dict[WorkKind, str] = {
    "law": "Law",
    "soft_law": "Soft law",
    "guide": "Guide",
    "page": "Web page",
}
RELATION_IN_WORDS: dict[Relation, str] = {
    "definition": "Definitions",
    "refers_to": "Refers to",
    "referred_by": "Referred to in",
    "translation": "Same provision",
}

router = APIRouter(include_in_schema=False)


class AskForm(BaseModel):
    """The form as sent: any field may be missing or wrong, and the page says so in words."""

    question: str = ""
    as_of: str = ""
    history: list[str] = []

    @property
    def wrong_date(self) -> bool:
        return bool(self.as_of) and _day_or_none(self.as_of) is None

    def date_asked(self) -> date | None:
        """The date asked for, None for today; raises UsageError when it is no date."""
        if self.wrong_date:
            raise UsageError(
                f"“{self.as_of[:40]}” is not a date. Write it as YYYY-MM-DD, such as 2023-07-01."
            )
        return _day_or_none(self.as_of)

    def turns(self) -> tuple[Turn, ...]:
        """The last earlier questions, oldest first; fields that make no sense are dropped."""
        turns = (_turn(each) for each in self.history[-TURNS_KEPT:])
        return tuple(turn for turn in turns if turn is not None)


@router.get("/")
def home(request: Request, opener: TheOpener) -> Response:
    """The page before the first question."""
    try:
        return _page(request, works=opener.get().works)
    except ClusterQAError as error:
        return _page(request, problem=error)


@router.post("/ask")
def ask(request: Request, form: Annotated[AskForm, Form()], opener: TheOpener) -> Response:
    """The page with an answer, or with what was wrong and the question to mend."""
    works: tuple[Work, ...] = ()
    try:
        assistant = opener.get()
        works = assistant.works
        as_of = form.date_asked()
        answer = assistant.ask(form.question.strip(), as_of=as_of, history=form.turns())
    except ClusterQAError as error:
        return _page(request, works=works, form=form, problem=error)
    return _page(request, works=works, form=form, answer=answer)


def _page(
    request: Request,
    *,
    works: tuple[Work, ...] = (),
    form: AskForm | None = None,
    answer: Answer | None = None,
    problem: ClusterQAError | None = None,
) -> Response:
    form = form or AskForm()
    if problem:
        log_fault(request, problem)
    context = {
        "works": works,
        "form": form,
        "answer": answer,
        "problem": problem,
        "earlier": form.turns(),
        "history": _fields(form, answered=answer is not None),
    }
    status = problem.http_status if problem else 200
    return _templates.TemplateResponse(request, "page.html", context, status)


def _fields(form: AskForm, *, answered: bool) -> list[str]:
    """The next form's hidden fields: what was asked before, with this question once answered."""
    turns = list(form.turns())
    if answered:
        turns.append(Turn(form.question.strip(), form.date_asked()))
    return [f"{turn.as_of or ''}|{turn.question}" for turn in turns[-TURNS_KEPT:]]


def _turn(field: str) -> Turn | None:
    """The turn that a hidden field `2016-03-01|question` or `|question` stands for."""
    as_of, _, question = field.partition("|")
    asked = _day_or_none(as_of)
    if not 0 < len(question.strip()) <= QUESTION_CHARS or (as_of and asked is None):
        return None
    return Turn(question.strip(), asked)


def _day_or_none(value: str) -> date | None:
    try:
        return day(value)
    except ValueError:
        return None


def _in_words(value: date) -> str:
    """`1 July 2023`, as the law writes its dates."""
    return f"{value.day} {value:%B} {value.year}"


def _is_web_address(url: str | None) -> bool:
    return (url or "").startswith(("https://", "http://"))


def _named(work: str, works: Sequence[Work]) -> str:
    """The short title of the work with this id; the id itself where it is not in here."""
    return next((each.short_title for each in works if each.id == work), work)


_templates = Jinja2Templates(WEB / "templates")
_templates.env.trim_blocks = _templates.env.lstrip_blocks = True
_templates.env.filters.update(in_words=_in_words, named=_named)
_templates.env.tests["web_address"] = _is_web_address
_templates.env.globals.update(
    status_in_words=STATUS_IN_WORDS,
    kind_in_words=KIND_IN_WORDS,
    relation_in_words=RELATION_IN_WORDS,
    question_chars=QUESTION_CHARS,
)
