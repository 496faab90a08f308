"""Figures in, what they amount to under rules of the law out; and which checks there are."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from clusterqa.answering import checked, checks_there_are
from clusterqa.answering.figure_checks import CheckOffered
from clusterqa.answers import CheckResult
from clusterqa.law.assessment import Situation
from clusterqa.presenting.figure_checks import in_english
from clusterqa.server.api.inputs import AsOf, Name, StrictModel
from clusterqa.server.assistants import TheAssistant
from clusterqa.server.pages.rendering import with_check_viewers
from clusterqa.server.problems import refusals

router = APIRouter(prefix="/v1/checks", tags=["checks"])

MOST_FIGURES = 20
Language = Annotated[
    str, Field(pattern="^[a-z]{2}$", description="The language to quote in.", examples=["en"])
]
Value = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]


class CheckRequest(StrictModel):
    check: Annotated[Name, Field(description="The id of a check.", examples=["sme"])]
    figures: Annotated[
        dict[Name, Value],
        Field(
            default_factory=dict,
            max_length=MOST_FIGURES,
            description="Figures by measure, in its unit: persons, euros, per cent, years.",
            examples=[{"staff": 60, "turnover": 12000000}],
        ),
    ]
    given: Annotated[
        tuple[Name, ...],
        Field(max_length=MOST_FIGURES, description="Circumstances that hold.", examples=[[]]),
    ] = ()
    as_of: AsOf = None
    language: Language = "en"


class ChecksQuery(StrictModel):
    as_of: AsOf = None
    language: Language = "en"


@dataclass(frozen=True, slots=True)
class ChecksOffered:
    checks: tuple[CheckOffered, ...]


@router.get("", responses=refusals(404, 422))
def offered(query: Annotated[ChecksQuery, Query()], assistant: TheAssistant) -> ChecksOffered:
    """The checks whose rules stand in the law of a day, with the figures that they compare."""
    day = query.as_of or date.today()
    return ChecksOffered(checks_there_are(assistant.index.library, day, query.language))


@router.post("", responses=refusals(400, 404, 413, 422))
def check(body: CheckRequest, assistant: TheAssistant) -> CheckResult:
    """What figures amount to under a check, with the words of the law that its limits stand in."""
    day = body.as_of or date.today()
    situation = Situation(body.figures, frozenset(body.given))
    found = checked(assistant.index.library, body.check, situation, day, body.language)
    return with_check_viewers(in_english(found), day, date.today())
