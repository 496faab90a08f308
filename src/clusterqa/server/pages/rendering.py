"""A template and its fields in, a page out, in the reader's language and on the reader's date.

All addresses are relative and one level deep, so that the page works under any path; what a link
carries on (language, date) is added here, once.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from clusterqa.answers import Answer, CheckResult, Citation
from clusterqa.characters import shown
from clusterqa.presenting.catalogue import ENGLISH, LANGUAGES, Words, spoken

WEB = Path(__file__).parents[2] / "web"
QUESTION_CHARS = 2_000
BESIDE_CHARS = 160  # of a passage, on each side of its nearest sentence


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who reads: in which language, whether the address says so, and the date of its texts.

    `as_of` is None for today, `today` the assistant's today.
    """

    words: Words
    chosen: bool
    today: date
    as_of: date | None = None

    def link(self, page: str, /, *, to: str = "", **query: object) -> str:
        """`page?query#to` with this reader's language and date; None leaves a field out.

        A link to a labelled place of a document leads to its line.
        """
        carried: dict[str, object] = {}
        if self.as_of and self.as_of != self.today:
            carried["as_of"] = self.as_of
        if self.chosen:
            carried["lang"] = self.words.language
        fields = {k: v for k, v in (carried | query).items() if v not in (None, "", [])}
        to = to or ("place" if page == "document" and "at" in fields else "")
        encoded = f"?{urlencode(fields, doseq=True, quote_via=quote)}" if fields else ""
        return f"{page}{encoded}{'#' if to else ''}{to}"

    def link_to_quote(self, citation: Citation) -> str:
        """The link to the page on which a quote is marked in its document."""
        return self.link("document", to="quote", id=citation.document.id, **quoted(citation))

    @property
    def looks(self) -> str:
        """Whether the date read about is past, future or today."""
        day = self.as_of or self.today
        return "past" if day < self.today else "future" if day > self.today else "today"


def reader_of(request: Request, *, as_of: date | None = None, today: date | None = None) -> Visitor:
    asked = request.query_params.get("lang")
    language = spoken(asked, request.headers.get("accept-language", ""))
    return Visitor(Words(language), asked in LANGUAGES, today or date.today(), as_of)


def respond(
    request: Request,
    template: str,
    reader: Visitor,
    fields: Mapping[str, Any],
    *,
    status: int = 200,
) -> Response:
    """The page; caches keep one for each language."""
    context = {
        "w": reader.words,
        "link": reader.link,
        "reader": reader,
        "other_languages": {
            name: address
            for name, address in languages(request).items()
            if name != reader.words.language
        },
        **fields,
    }
    response = templates.TemplateResponse(request, template, context, status)
    response.headers["Vary"] = "Accept-Language"
    return response


def languages(request: Request) -> dict[str, str]:
    """The address of this page in every language."""
    page = request.scope["path"].rsplit("/", 1)[-1] or "./"
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    return {name: f"{page}?{urlencode([*kept, ('lang', name)])}" for name in LANGUAGES}


def digest(text: str) -> str:
    """Twelve digits by which a link proves that it means these words."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def quoted(citation: Citation) -> dict[str, object]:
    """What a link says of a quote: its place and the proof of its words, and of its lead-ins'."""
    quote = citation.quote
    leads = [f"{lead.start}-{lead.end}-{digest(lead.exact)}" for lead in citation.lead_ins]
    return {"start": quote.start, "end": quote.end, "check": digest(quote.exact), "lead": leads}


def ending(text: str) -> str:
    """The last words of a text, as what goes before a quote."""
    return text if len(text) <= BESIDE_CHARS else "… " + text[-BESIDE_CHARS:].partition(" ")[2]


def beginning(text: str) -> str:
    """The first words of a text, as what comes after a quote."""
    return text if len(text) <= BESIDE_CHARS else text[:BESIDE_CHARS].rpartition(" ")[0] + " …"


def headed(text: str) -> str:
    """Words as they begin a line: the first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def with_viewers(answer: Answer, today: date) -> Answer:
    """The answer, its citations with the links to their quotes that its page has, from the root."""
    citations = linked(answer.citations, answer.as_of, today)
    checks = tuple(with_check_viewers(one, answer.as_of, today) for one in answer.checks)
    return replace(answer, citations=citations, checks=checks)


def with_check_viewers(result: CheckResult, as_of: date, today: date) -> CheckResult:
    """The result of a check, its citations with the links to their quotes, from the root."""
    return replace(result, citations=linked(result.citations, as_of, today))


def linked(citations: Sequence[Citation], as_of: date, today: date) -> tuple[Citation, ...]:
    """The citations with the links to their quotes, from the root."""
    reader = Visitor(ENGLISH, False, today, as_of)
    return tuple(
        replace(one, links=replace(one.links, viewer=f"/{reader.link_to_quote(one)}"))
        for one in citations
    )


def is_consolidation(celex: str | None) -> bool:
    """Whether a number of EUR-Lex is of its sector 0: consolidations that only document the law."""
    return (celex or "").startswith("0")


def is_web_address(url: str | None) -> bool:
    return (url or "").startswith(("https://", "http://"))


templates = Jinja2Templates(WEB / "templates")
# What stands in a page is shown: markup is our own, all else may come from a file or a reader.
templates.env.finalize = lambda value: shown(value) if type(value) is str else value
templates.env.trim_blocks = templates.env.lstrip_blocks = True
templates.env.filters.update(
    quoted=quoted, digest=digest, ending=ending, beginning=beginning, headed=headed
)
templates.env.tests.update(web_address=is_web_address, consolidation=is_consolidation)
templates.env.globals.update(question_chars=QUESTION_CHARS, language_names=LANGUAGES)
