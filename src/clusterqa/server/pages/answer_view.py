"""An `Answer` in, what its page shows out: notices in the reader's words, texts to copy."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from clusterqa.presenting.catalogue import Words
from clusterqa.presenting.told import Teller, Told
from clusterqa.server.pages.rendering import is_web_address
from clusterqa.server.pages.sources import found_marker
from clusterqa.types import Answer, Citation, Statement, Work

BESIDE = ("no_legal_effect", "guidance_only")  # said of each source, not in a banner
QUIET = ("version_gap",)  # said below
EXPERIENCE = re.compile(r"(?P<sureness>Likely|Possibly|Uncertain): about (?P<tenths>\d+) in 10 ")


@dataclass(frozen=True, slots=True)
class AnswerView:
    answer: Answer
    words: Words
    works: Sequence[Work]

    @property
    def banners(self) -> list[Told]:
        """What a reader must know before the first statement."""
        return [self.teller.told(n) for n in self.answer.notices if n.code not in BESIDE + QUIET]

    @property
    def remarks(self) -> list[Told]:
        """What a reader may like to know after it."""
        return [self.teller.told(n) for n in self.answer.notices if n.code in QUIET]

    @property
    def teller(self) -> Teller:
        return Teller(self.answer, self.words, self.works)

    @property
    def reason(self) -> str:
        """Why there is no answer or only part of one, in words; empty if nothing is known."""
        reason = self.answer.reason
        if not reason:
            return ""
        key = f"{'partial' if self.answer.status == 'partial' else 'reason'}.{reason}"
        return self.words(key) if self.words.known(key) else reason

    @property
    def confidence(self) -> Told:
        """How sure the answer is, in words, by what came of answers as sure as this one."""
        said, language = self.answer.confidence_words, self.words.language
        found = EXPERIENCE.match(said)
        if language == "en" or not found:
            return Told("confidence", said, None, "en")
        sureness = self.words(f"confidence.{found['sureness'].lower()}")
        words = self.words("confidence.experience", **found.groupdict() | {"sureness": sureness})
        return Told("confidence", words, None, language)

    def covered(self) -> str:
        """What the documents here are about; acts that amend one of them are left out."""
        return ", ".join(work.short_title for work in self.works if not work.amends)

    def name_of(self, name: str) -> str:
        """What replaced a text, in words: a work's short title, a version's day, else the id."""
        for work in self.works:
            if work.id == name:
                return work.short_title
            for source in work.sources:
                if source.id == name and source.valid_from:
                    return self.words("source.text_of", date=self.words.date(source.valid_from))
        return name

    def lines(self, statement: Statement) -> list[tuple[str, str]]:
        return lines_of(statement.text)

    def is_stated(self, citation: Citation) -> bool:
        """Whether the quote of a citation stands in the answer already."""
        return any(
            citation.n in s.citations and not s.composed and citation.quote.exact in s.text
            for s in self.answer.statements
        )

    @property
    def as_text(self) -> str:
        """The answer to be pasted elsewhere: question, what changed, statements, sources."""
        statements = [
            f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in self.answer.statements
        ]
        sources = [source_line(c) for c in self.answer.citations]
        day = self.words("answer.as_of", date=self.words.date(self.answer.as_of))
        changed = [self.teller.change()] if self.answer.compared else []
        parts = [f"{self.answer.question}\n{day}", *changed, *statements, "\n".join(sources)]
        return "\n\n".join([*parts, self.words("answer.disclosure")])


def lines_of(text: str) -> list[tuple[str, str]]:
    """The lines of a statement, the marker of a point apart; the first one introduces them."""
    first, *points = [line for line in text.split("\n") if line.strip()]
    return [("", first), *((m := found_marker(point), point[len(m) :]) for point in points)]


def source_line(citation: Citation) -> str:
    url = citation.links.source
    address = f" {url}" if is_web_address(url) else ""
    return f"[{citation.n}] {citation.cite_as.eu}{address}"
