"""A notice of an answer in, what its reader is told out: in their language, ids as links.

The catalogue says it. What it is about is read back from the notice's own words, which are for
programs and for who runs this; words that are read otherwise are shown as they stand.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clusterqa.server.words import Words
from clusterqa.types import Answer, Citation, Notice, Source, Work

CALM = ("changed", "unchanged", "composed")  # what is told, not warned of
# Code, key of the catalogue, and the words in which the notice names what it is about.
READ = [
    (code, key, re.compile(words, re.DOTALL))
    for code, key, words in (
        ("superseded_source", "superseded_source", r".+ applies today \((?P<ids>\S+)\)\."),
        ("work_not_present", "work_not_present", r"(?P<work>.+) is not in this corpus; .+"),
        ("no_version_for_date", "no_version_for_date",
         r"No text of (?P<work>.+) for .+ is here; (?:nearest: (?P<ids>\S+)\.|.+)"),
        ("provision_not_in_version", "provision_not_in_version",
         r"(?P<work>.+) as it stood on .+ has no (?P<label>.+?)"
         r"(?:; versions that have it: (?P<ids>.+))?\."),
        ("provision_not_in_version", "no_provision",
         r"No text that applied on .+ and is here has (?P<label>.+)\."),
        ("unclear_question", "unclear_question", r".+"),
        ("version_gap", "version_gap",
         r"Not here is the text that applied on .+ of: (?P<works>.+)\."),
        ("premise_contradicted", "premise_contradicted",
         r"The question takes (?P<asked>.+) for granted; (?P<place>.+) says (?P<text>.+)\."),
        ("older_than_law", "older_than_law",
         r".+ published before the texts that apply of: (?P<works>.+)\."),
    )
]  # fmt: skip
LEADS = {
    "no_version_for_date": "telling.nearest",
    "provision_not_in_version": "missing.elsewhere",
}


@dataclass(frozen=True, slots=True)
class Way:
    """Where a notice leads: a version, at a provision; `today` leaves the reader's date."""

    source: str
    label: str
    text: str
    today: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as shown; `language` is that of its words, `lead` what is said before its ways."""

    code: str
    message: str
    citation: int | None
    language: str
    lead: str = ""
    ways: tuple[Way, ...] = ()

    @property
    def calm(self) -> bool:
        return self.code in CALM


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the notices of an answer; `works` are those that ids may name."""

    answer: Answer
    words: Words
    works: Sequence[Work]

    def told(self, notice: Notice) -> Told:
        """The notice in the reader's language where the catalogue can say it."""
        compared, language = self.answer.compared, self.words.language
        if compared and notice.code in ("changed", "unchanged"):
            return Told(notice.code, self.change(), None, language)
        citation = self.citation(notice.citation)
        for code, key, words in READ:
            found = words.fullmatch(notice.message) if code == notice.code else None
            if found:
                return self.read(notice, key, found.groupdict(), citation)
        key = f"notice.{notice.code}"
        if language == "en" or citation is None or not self.words.known(key):
            return Told(notice.code, notice.message, notice.citation, "en")
        message = self.words(key, **self.named(citation))
        return Told(notice.code, message, notice.citation, language)

    def read(
        self, notice: Notice, key: str, parts: dict[str, str], citation: Citation | None
    ) -> Told:
        """A notice in the catalogue's words, with links for the versions that it names."""
        ids = (parts.pop("ids", None) or "").split(", ")
        fields = self.named(citation) | parts | {"day": self.words.date(self.answer.as_of)}
        label = parts.get("label") or (citation.locator.label if citation else "")
        ways = tuple(self.way(source, label, citation) for source in self.versions(ids))
        lead = self.words(LEADS[key]) if ways and key in LEADS else ""
        message = self.words(f"notice.{key}", **fields)
        return Told(notice.code, message, notice.citation, self.words.language, lead, ways)

    def way(self, source: Source, label: str, citation: Citation | None) -> Way:
        """The link to a version; one of another work has no such provision."""
        day = self.day(source.valid_from or source.published)
        if citation is None:
            return Way(source.id, label, self.words("source.text_of", date=day), today=False)
        if source.work == citation.document.work:
            return Way(source.id, label, self.words("source.read_other", date=day), today=True)
        name = next(work.short_title for work in self.works if work.id == source.work)
        text = f"{name}, {self.words('source.text_of', date=day)}"
        return Way(source.id, "", text, today=True)

    def versions(self, ids: Sequence[str]) -> list[Source]:
        """The versions with these ids, each in one language, the reader's if it can be."""
        named = [s for work in self.works for s in work.sources if s.id in ids]
        named.sort(key=lambda source: source.language == self.words.language)
        found = {(source.work, source.valid_from, source.published): source for source in named}
        return sorted(found.values(), key=lambda source: source.valid_from or date.min)

    def change(self) -> str:
        """What became of a provision between two days; empty where nothing is compared."""
        compared = self.answer.compared
        if compared is None:
            return ""
        return self.words(
            f"change.{compared.outcome}",
            place=f"{self.answer.citations[0].document.short_title}, {compared.label}",
            since=self.words.date(compared.since),
            until=self.words.date(compared.until),
        )

    def citation(self, number: int | None) -> Citation | None:
        return next((c for c in self.answer.citations if c.n == number), None)

    def named(self, citation: Citation | None) -> dict[str, str]:
        """What the catalogue may say of a citation's document."""
        if citation is None:
            return {}
        document = citation.document
        first, last = self.day(document.valid_from), self.day(document.valid_to)
        return {"name": document.short_title, "first": first, "last": last}

    def day(self, value: date | None) -> str:
        return self.words.date(value) if value else "…"
