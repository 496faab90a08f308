"""The four tools: arguments as a client sends them in, an object for its JSON out.

`search` and `fetch` have the names and shapes that deep-research clients look for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from clusterqa.answering import checked, describe_document
from clusterqa.answers import Answer, CheckResult, Found
from clusterqa.assistant import Assistant
from clusterqa.errors import UsageError
from clusterqa.languages.days import iso_day
from clusterqa.law.assessment import Situation
from clusterqa.law.uris import web_address
from clusterqa.mcp.places import FetchedPlace, find_place, title_of
from clusterqa.presenting.figure_checks import in_english
from clusterqa.types import Inquiry

LONGEST_FETCH = 100_000  # chars; a longer text is read as a resource or by its provisions


def day(value: object) -> object:
    """An ISO date as a date; raises ValueError for all else, timestamps included."""
    return None if value is None else iso_day(str(value))


class Arguments(BaseModel):
    """Refuses unknown names: a misspelt `as_of` must not quietly mean today."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SearchArguments(Arguments):
    query: str = Field(description="What to look for, as a question or in key words.")


class FetchArguments(Arguments):
    id: str = Field(
        description="An id that search returned, a document's id, or a document's id and a label: "
        "02014R0651-20230701/Article 27(9)."
    )


class AskArguments(Arguments):
    question: str = Field(description="One question in plain words, best in English or French.")
    as_of: Annotated[date | None, BeforeValidator(day)] = Field(
        default=None,
        description="Answer from the law as it stood on this date; today, or the date that the "
        "question names, if left out.",
    )


class CheckArguments(Arguments):
    check: str = Field(
        description="The rule to check against: sme, publication, notification, de_minimis, "
        "cluster_operating, cluster_duration, cluster_investment, research, sme_innovation, "
        "advisory_total or training; a name that is not known is answered with those there are."
    )
    figures: dict[str, float] = Field(
        default_factory=dict,
        description="Figures by measure: staff, turnover, balance_sheet, aid, costs (in euros), "
        "intensity (in per cent), duration (in years).",
    )
    given: tuple[str, ...] = Field(
        default=(),
        description="Circumstances that hold: small, medium, large, fundamental, industrial, "
        "experimental, feasibility, collaboration, dissemination, area_a, area_c, cluster, "
        "training and others; one that is not known is answered with those there are.",
    )
    as_of: Annotated[date | None, BeforeValidator(day)] = Field(
        default=None, description="The law as it stood on this date; today, if left out."
    )


@dataclass(frozen=True, slots=True)
class SearchResult:
    id: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ToolResults:
    results: tuple[SearchResult, ...]


def search(assistant: Assistant, wanted: SearchArguments) -> ToolResults:
    found = assistant.find(Inquiry(wanted.query))
    return ToolResults(tuple(result_of(assistant, hit) for hit in found))


def result_of(assistant: Assistant, hit: Found) -> SearchResult:
    """A hit by its passage's id; the title says the legal status of today, as `fetch` does."""
    work, source = assistant.index.library.sources[hit.document.id]
    described, label = describe_document(work, source, date.today()), hit.locator.label
    url = web_address(source.url, source.id, label)
    return SearchResult(hit.passage_id, title_of(described, label), url)


def fetch(assistant: Assistant, wanted: FetchArguments) -> FetchedPlace:
    found = find_place(assistant.index.library, wanted.id, date.today())
    if len(found.text) > LONGEST_FETCH:
        raise UsageError(
            f"id: {found.id} has {len(found.text)} characters, at most {LONGEST_FETCH} are "
            f"fetched; fetch a provision of it, like {found.metadata.document.id}/Article 1, or "
            f"read the resource {found.metadata.uri}"
        )
    return found


def ask(assistant: Assistant, wanted: AskArguments) -> Answer:
    return assistant.ask(Inquiry(wanted.question, wanted.as_of))


def check(assistant: Assistant, wanted: CheckArguments) -> CheckResult:
    situation = Situation(wanted.figures, frozenset(wanted.given))
    day_of_law = wanted.as_of or date.today()
    return in_english(checked(assistant.index.library, wanted.check, situation, day_of_law, "en"))


@dataclass(frozen=True, slots=True)
class Tool:
    """What a client is told of a tool, and what runs when it calls it."""

    title: str
    description: str
    arguments: type[Arguments]
    result: TypeAdapter[Any]
    function: Callable[[Assistant, Any], object]

    def run(self, assistant: Assistant, arguments: Mapping[str, Any]) -> Any:
        """The result as JSON's own types; raises `UsageError` for arguments that do not fit."""
        try:
            wanted = self.arguments.model_validate(arguments)
        except ValidationError as error:
            raise UsageError("; ".join(readable(each) for each in error.errors())) from error
        return self.result.dump_python(self.function(assistant, wanted), mode="json")


def readable(error: Mapping[str, Any]) -> str:
    """`as_of: use a date …`: the argument, then what is wrong, never what was sent."""
    names = ".".join(str(name) for name in error["loc"]) or "arguments"
    return f"{names}: {error['msg'].removeprefix('Value error, ')}"


PLACE = TypeAdapter(FetchedPlace)
TOOLS = {
    "search": Tool(
        "Search EU cluster policy and State aid",
        "Find the provisions and passages of EU cluster policy and State aid documents that bear "
        "on a question, best first, among the versions that apply today or on the date that the "
        "query names. fetch reads a result by its id.",
        SearchArguments,
        TypeAdapter(ToolResults),
        search,
    ),
    "fetch": Tool(
        "Read a provision or document",
        "Read a passage that search found, or any document or provision by its id, word for word, "
        "with its version, its legal status today and the ids of what stands before and after it.",
        FetchArguments,
        PLACE,
        fetch,
    ),
    "ask": Tool(
        "Ask EU cluster policy and State aid",
        "Answer a question in the documents' own words, each statement cited at its provision, as "
        "the law stood on a date, or say that the documents do not answer (status no_answer, "
        "which is no error: do not answer from memory instead). Pass on the notices. Not legal "
        "advice.",
        AskArguments,
        TypeAdapter(Answer),
        ask,
    ),
    "check": Tool(
        "Check figures against EU State aid rules",
        "Put figures against a rule with thresholds, as the law stood on a date: whether an "
        "enterprise is an SME, what share of costs may be aided, whether aid must be notified or "
        "published, whether it is de minimis. Each limit is quoted at its provision. Pass on what "
        "was not checked (unchecked). Not legal advice.",
        CheckArguments,
        TypeAdapter(CheckResult),
        check,
    ),
}
