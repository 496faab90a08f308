"""The page for people: a question, an answer with its sources. No script needed.

A conversation lives in the page alone: its earlier questions travel in hidden fields and come back
as untrusted input. A question that is posted is answered at an address of its own, which can be
kept, sent and gone back to.
"""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from clusterqa.answers import Answer, Notice
from clusterqa.errors import ClusterQAError
from clusterqa.presenting.catalogue import Words
from clusterqa.server.assistants import TheOpener
from clusterqa.server.pages.answer_view import AnswerView, told_first
from clusterqa.server.pages.rendering import QUESTION_CHARS, Visitor, reader_of, respond
from clusterqa.server.pages.route import PageError, PageRoute, Said, day_asked, day_or_none, said
from clusterqa.server.pages.suggestions import suggestions
from clusterqa.server.problems import log_fault
from clusterqa.types import Inquiry, Turn, Work

TURNS_KEPT = 5
MISSING_NAMED = 5
LONGEST_ADDRESS = 4_000  # bytes; what servers and mail programs leave whole

router = APIRouter(include_in_schema=False, route_class=PageRoute)


class AskForm(BaseModel):
    """The form as sent: any field may be missing or wrong, and the page says so in words."""

    question: str = ""
    as_of: str = ""
    history: list[str] = []

    @property
    def wrong_date(self) -> bool:
        return bool(self.as_of) and day_or_none(self.as_of) is None

    def turns(self) -> tuple[Turn, ...]:
        """The last earlier questions, oldest first; fields that make no sense are dropped."""
        turns = (_turn(each) for each in self.history[-TURNS_KEPT:])
        return tuple(turn for turn in turns if turn is not None)

    def address(self, lang: str | None) -> str:
        """Where the answer can be found again."""
        fields = {"question": self.question.strip(), "as_of": self.as_of, "lang": lang}
        kept = {k: v for k, v in fields.items() if v} | {"history": self.history[-TURNS_KEPT:]}
        return f"ask?{urlencode(kept, doseq=True, quote_via=quote)}"


@router.get("/")
def home(request: Request, form: Annotated[AskForm, Query()], opener: TheOpener) -> Response:
    """The page before the first question."""
    return _asked(request, form, opener, answering=False)


@router.get("/ask")
def answer(request: Request, form: Annotated[AskForm, Query()], opener: TheOpener) -> Response:
    """The page with an answer, or with what was wrong and the question to mend."""
    return _asked(request, form, opener, answering="question" in request.query_params)


@router.post("/ask")
def ask(request: Request, form: Annotated[AskForm, Form()], opener: TheOpener) -> Response:
    """The way to the address of the answer; what does not fit into one is answered at once."""
    try:
        address = form.address(request.query_params.get("lang"))
    except UnicodeEncodeError:
        address = ""
    if form.question.strip() and 0 < len(address) <= LONGEST_ADDRESS:
        return RedirectResponse(address, status_code=303)
    return _asked(request, form, opener, answering=True)


def _asked(request: Request, form: AskForm, opener: TheOpener, *, answering: bool) -> Response:
    reader = reader_of(request)
    works: tuple[Work, ...] = ()
    try:
        assistant = opener.get()
        works, today = assistant.works, assistant.today
        as_of = day_asked(form.as_of)
        reader = reader_of(request, as_of=as_of, today=today)
        if not answering:
            first, missing = assistant.foremost, assistant.absent
            return _page(request, reader, works, form, foremost=first, missing=missing)
        found = assistant.ask(Inquiry(asked_in(form), as_of, (), form.turns()))
    except ClusterQAError as error:
        return _page(request, reader, works, form, problem=error)
    reader = reader_of(request, as_of=found.as_of, today=today)
    return _page(request, reader, works, form, answer=found)


def asked_in(form: AskForm) -> str:
    """The question of a form; raises `PageError` for none and for one that is too long."""
    question = form.question.strip()
    if not 0 < len(question) <= QUESTION_CHARS:
        raise PageError("problem.question")
    return question


def refused(request: Request, problem: Said, form: AskForm | None) -> Response:
    """The page of a request that was not served, with what was asked in its form, if anything."""
    fields: dict[str, Any] = {"problem": problem, "form": form, "other_languages": {}}
    if form:
        fields["history"] = _fields(form, answered=False)
    return respond(request, "problem.html", reader_of(request), fields, status=problem.status)


def _page(
    request: Request,
    reader: Visitor,
    works: tuple[Work, ...],
    form: AskForm,
    *,
    answer: Answer | None = None,
    problem: ClusterQAError | None = None,
    foremost: Sequence[Notice] = (),
    missing: Sequence[Work] = (),
) -> Response:
    if problem:
        log_fault(request, problem)
    context: dict[str, Any] = {
        "works": works,
        "form": form,
        "answer": answer,
        "foremost": [told_first(notice, reader.words) for notice in foremost],
        "missing": _named(missing, reader.words),
        "problem": said(problem, reader.words) if problem else None,
        "earlier": _earlier(form),
        "history": _fields(form, answered=answer is not None),
        "view": AnswerView(answer, reader.words, works) if answer else None,
        "suggested": () if answer or problem else suggestions(works, reader.words.language),
        "permalink": _permalink(form, answer, reader) if answer else "",
    }
    context["address"] = f"{request.base_url}{context['permalink']}"
    status = problem.http_status if problem else 200
    return respond(request, "page.html", reader, context, status=status)


def _named(missing: Sequence[Work], words: Words) -> str:
    """The first of the works that are not here, by name, and how many more there are."""
    names = [words.act(work.short_title) for work in missing[:MISSING_NAMED]]
    more = len(missing) - len(names)
    return words.both([*names, words.counted("inside.more", more)] if more else names)


def _permalink(form: AskForm, answer: Answer, reader: Visitor) -> str:
    """The address of an answer with its date in it, which gives the same texts tomorrow."""
    dated = form.model_copy(update={"as_of": answer.as_of.isoformat()})
    return dated.address(reader.words.language if reader.chosen else None)


def _earlier(form: AskForm) -> list[tuple[Turn, str]]:
    """The earlier questions, each with the address of its answer."""
    turns = form.turns()
    return [(turn, _address(turns[: n + 1])) for n, turn in enumerate(turns)]


def _address(turns: Sequence[Turn]) -> str:
    *before, last = turns
    as_of = last.as_of.isoformat() if last.as_of else ""
    fields = [_field(turn) for turn in before]
    return AskForm(question=last.question, as_of=as_of, history=fields).address(None)


def _fields(form: AskForm, *, answered: bool) -> list[str]:
    """The next form's hidden fields: what was asked before, with this question once answered."""
    turns = list(form.turns())
    if answered:
        turns.append(Turn(form.question.strip(), day_or_none(form.as_of)))
    return [_field(turn) for turn in turns[-TURNS_KEPT:]]


def _field(turn: Turn) -> str:
    return f"{turn.as_of or ''}|{turn.question}"


def _turn(field: str) -> Turn | None:
    """The turn that a hidden field `2016-03-01|question` or `|question` stands for."""
    as_of, _, question = field.partition("|")
    asked = day_or_none(as_of)
    if not 0 < len(question.strip()) <= QUESTION_CHARS or (as_of and asked is None):
        return None
    return Turn(question.strip(), asked)
