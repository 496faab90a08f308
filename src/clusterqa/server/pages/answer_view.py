"""An `Answer` in, what its page shows out: notices with links for what they name, texts to copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clusterqa.answers import Answer, CheckResult, Citation, Notice, Statement
from clusterqa.presenting.answers import confidence_text, foremost, others
from clusterqa.presenting.catalogue import Words
from clusterqa.presenting.figure_checks import check_text, in_language, unchecked_text
from clusterqa.presenting.glosses import Gloss, glosses
from clusterqa.presenting.notices import FOR_OPERATORS, message
from clusterqa.presenting.short import sources_of
from clusterqa.presenting.statements import shown
from clusterqa.server.pages.rendering import is_consolidation, is_web_address
from clusterqa.server.pages.sources import found_marker
from clusterqa.types import Source, Work

BESIDE = ("no_legal_effect", "guidance_only")  # said of each source, not in a banner
QUIET = ("version_gap", "expires_soon")  # said below
CALM = ("expires_soon", "changed", "unchanged", "composed")  # what is told, not warned of


@dataclass(frozen=True, slots=True)
class Way:
    """Where a notice leads: a version, at a provision; `today` leaves the reader's date."""

    source: str
    label: str
    text: str
    today: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as shown; `lead` is what is said before its ways."""

    code: str
    message: str
    citation: int | None
    lead: str = ""
    ways: tuple[Way, ...] = ()

    @property
    def calm(self) -> bool:
        return self.code in CALM


@dataclass(frozen=True, slots=True)
class ToldCheck:
    """The result of a check in a reader's words, with where its limits stand."""

    name: str
    message: str
    unchecked: str
    citations: tuple[Citation, ...]


def told_check(result: CheckResult, words: Words) -> ToldCheck:
    """The result as shown: each provision once."""
    places = {(one.document.id, one.locator.label): one for one in reversed(result.citations)}
    return ToldCheck(
        in_language(result.check.said, words),
        check_text(result, words),
        unchecked_text(result, words),
        tuple(reversed(places.values())),
    )


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer in the reader's words; `works` are those that ids may name."""

    answer: Answer
    words: Words
    works: Sequence[Work]

    @property
    def foremost(self) -> list[Told]:
        """What stands above everything else, with the commands that mend it."""
        return [told_first(notice, self.words) for notice in foremost(self.answer)]

    @property
    def banners(self) -> list[Told]:
        """What a reader must know before the first statement."""
        return [self.told(n) for n in others(self.answer) if n.code not in BESIDE + QUIET]

    @property
    def remarks(self) -> list[Told]:
        """What a reader may like to know after it."""
        return [self.told(n) for n in self.answer.notices if n.code in QUIET]

    def told(self, notice: Notice) -> Told:
        """The notice without commands, and with links in the place of ids."""
        said = message(notice, self.words, unsaid=FOR_OPERATORS)
        citation = next((c for c in self.answer.citations if c.n == notice.citation), None)
        label = notice.facts.label or (citation.locator.label if citation else "")
        ways = tuple(self.way(s, label, citation) for s in self.versions(notice.facts.sources))
        lead = self.words("missing.elsewhere") if ways and citation is None else ""
        return Told(notice.code, said, notice.citation, lead, ways)

    def way(self, source: Source, label: str, citation: Citation | None) -> Way:
        """The link to a version; one of another work has no such provision."""
        first = source.valid_from or source.published
        day = self.words.date(first) if first else source.id
        if citation is None:
            return Way(source.id, label, self.words("source.text_of", date=day), today=False)
        if source.work == citation.document.work:
            return Way(source.id, label, self.words("source.read_other", date=day), today=True)
        name = next(work.short_title for work in self.works if work.id == source.work)
        text = f"{self.words.act(name)}, {self.words('source.text_of', date=day)}"
        return Way(source.id, "", text, today=True)

    def versions(self, ids: Sequence[str]) -> list[Source]:
        """The versions with these ids, each in one language, the reader's if it can be."""
        named = [s for work in self.works for s in work.sources if s.id in ids]
        named.sort(key=lambda source: source.language == self.words.language)
        found = {(source.work, source.valid_from, source.published): source for source in named}
        return sorted(found.values(), key=lambda source: source.valid_from or date.min)

    @property
    def checks(self) -> list[ToldCheck]:
        """What the question's figures amount to under the rules that compare them."""
        return [told_check(result, self.words) for result in self.answer.checks]

    @property
    def reason(self) -> str:
        """Why there is no answer, in words; empty for an answer."""
        return self.words(f"reason.{self.answer.reason}") if self.answer.reason else ""

    @property
    def confidence(self) -> str:
        """How sure the answer is, in words; empty where nothing was measured."""
        return confidence_text(self.answer, self.words)

    def covered(self) -> str:
        """What the documents here are about; acts that amend one of them are left out."""
        return ", ".join(self.words.act(w.short_title) for w in self.works if not w.amends)

    def name_of(self, name: str) -> str:
        """What replaced a text, in words: a work's short title, a version's day, else the id."""
        for work in self.works:
            if work.id == name:
                return self.words.act(work.short_title)
            for source in work.sources:
                if source.id == name and source.valid_from:
                    return self.words("source.text_of", date=self.words.date(source.valid_from))
        return name

    @property
    def of_sources(self) -> list[str]:
        """What holds for some of the sources, each once: no legal effect, no law."""
        documents = [citation.document for citation in self.answer.citations]
        said = {
            "source.consolidated": any(is_consolidation(one.celex) for one in documents),
            "source.guidance": any(one.legal_status == "guidance" for one in documents),
        }
        return [self.words(key) for key, holds in said.items() if holds]

    @property
    def glosses(self) -> tuple[Gloss, ...]:
        """The terms of art in the answer, in plain words."""
        return glosses(self.answer, self.words)

    @property
    def short_sources(self) -> list[Citation]:
        """The citations that the short answer's words stand in."""
        numbers = sources_of(self.answer.short) if self.answer.short else ()
        return [citation for citation in self.answer.citations if citation.n in numbers]

    def lines(self, statement: Statement) -> list[tuple[str, str]]:
        return lines_of(shown(statement, self.answer.citations))

    def is_stated(self, citation: Citation) -> bool:
        """Whether the quote of a citation stands in the answer already."""
        return any(
            citation.n in s.citations and not s.composed and citation.quote.exact in s.text
            for s in self.answer.statements
        )

    @property
    def as_text(self) -> str:
        """The answer to be pasted elsewhere: question, what is said of it, sources."""
        statements = [
            f"{shown(s, self.answer.citations)} {''.join(f'[{n}]' for n in s.citations)}"
            for s in self.answer.statements
        ]
        sources = [source_line(c) for c in self.answer.citations]
        day = self.words("answer.as_of", date=self.words.date(self.answer.as_of))
        changed = [n for n in self.answer.notices if n.code in ("changed", "unchanged")]
        became = [message(notice, self.words) for notice in changed]
        first = [told.message for told in self.foremost]
        short = [self.answer.short.text] if self.answer.short else []
        checked = [f"{one.message} {one.unchecked}".strip() for one in self.checks]
        asked = f"{self.answer.question}\n{day}"
        parts = [asked, *first, *short, *checked, *became, *statements, "\n".join(sources)]
        return "\n\n".join([*parts, self.words("answer.disclosure")])


def told_first(notice: Notice, words: Words) -> Told:
    """A notice that stands above everything else, with the command that mends it."""
    return Told(notice.code, message(notice, words), notice.citation)


def lines_of(text: str) -> list[tuple[str, str]]:
    """The lines of a statement, the marker of a point apart; the first one introduces them."""
    first, *points = [line for line in text.split("\n") if line.strip()]
    return [("", first), *((m := found_marker(point), point[len(m) :]) for point in points)]


def source_line(citation: Citation) -> str:
    url = citation.links.source
    address = f" {url}" if is_web_address(url) else ""
    return f"[{citation.n}] {citation.cite_as.eu}{address}"
