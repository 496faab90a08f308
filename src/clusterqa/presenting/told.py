"""A notice of an answer in, what its reader is told out: in their language, ids as links.

The catalogue says it. What it is about is read back from the notice's own words, which are for
programs and for who runs this; words that are read otherwise are shown as they stand.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clusterqa.languages.language import languages
from clusterqa.presenting.catalogue import Words
from clusterqa.types import Answer, Citation, Notice, Source, Work

CALM = ("changed", "unchanged", "composed")  # what is told, not warned of
# Code, key of the catalogue, and the words in which the notice names what it is about.
READ = [
    (code, key, re.compile(words, re.DOTALL))
    for code, key, words in (
        ("superseded_source", "superseded_source", r".+ applies today \((?P<ids>\S+)\)\."),
        ("superseded_source", "searched_past",
         r"(?P<work>.+): its text of .+ was searched; it no longer applies\."),
        ("work_not_present", "not_here", r"(?P<work>.+) is not in this corpus\. .+"),
        ("not_in_corpus", "not_here", r"(?P<work>.+) is not in this corpus\. .+"),
        ("no_version_for_date", "no_version_for_date",
         r"No text of (?P<work>.+) for .+ is here; what is here applies (?P<times>.+?)\.(?: .+)?"),
        ("provision_not_in_version", "provision_not_in_version",
         r"(?P<work>.+) as it stood on .+ has no (?P<label>.+?)"
         r"(?:; versions that have it: (?P<ids>.+))?\."),
        ("provision_not_in_version", "no_provision",
         r"No text that applied on .+ and is here has (?P<label>.+)\."),
        ("unclear_question", "unclear_question", r"Say what the question is about: .+"),
        ("unclear_question", "which_change", r"To see what changed, name the provision.+"),
        ("language_not_served", "language_not_served", r"English and French are understood .+"),
        ("other_language", "other_searched", r"No \w+ text that applied on .+ were searched\."),
        ("version_gap", "version_gap",
         r"Known but not in this corpus, so not searched: (?P<works>.+)\."),
        ("premise_contradicted", "premise_contradicted",
         r"The question takes (?P<asked>.+) for granted; (?P<place>.+) says (?P<text>.+)\."),
        ("time_not_understood", "time_not_understood",
         r"The time in your question \((?P<asked>.+)\) was not understood; .+"),
        ("older_than_law", "older_than_law",
         r".+ published before the texts that apply of: (?P<works>.+)\."),
        ("part_of_list", "part_of_list", r"(?P<place>.+): the list has (?P<points>\d+) points, .+"),
        ("part_of_list", "part_of_article",
         r"(?P<place>.+) has (?P<points>\d+) paragraphs, of which the first (?P<shown>\d+) are .+"),
        ("increase_follows", "increase_follows",
         r"(?P<place>.+), which follows (?P<label>.+), provides for increases\."),
    )
]  # fmt: skip
MONTHS = languages()["en"].month_names
DAY = re.compile(rf"(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})")
LEADS = {"provision_not_in_version": "missing.elsewhere"}


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
        if "times" in parts:
            fields["times"] = self.times(parts["times"])
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

    def times(self, spans: str) -> str:
        """Spans of time as the notice writes them, in the reader's words."""
        return ", ".join(self.span(span) for span in spans.split(" and "))

    def span(self, span: str) -> str:
        days = [
            self.words.date(date(int(year), MONTHS.index(month) + 1, int(number)))
            for number, month, year in DAY.findall(span)
        ]
        if len(days) == 2:
            return self.words("date.from_to", first=days[0], last=days[1])
        if not days:
            return self.words("date.always")
        if span.startswith("from"):
            return self.words("date.since", first=days[0])
        return self.words("date.until", last=days[0])

    def change(self) -> str:
        """What became of a provision between two days; empty where nothing is compared."""
        compared = self.answer.compared
        if compared is None:
            return ""
        cited = {citation.locator.label for citation in self.answer.citations}
        shown = [label.removeprefix(compared.label) for label in compared.changed if label in cited]
        parts = [part for part in shown if part]
        more = len(compared.changed) - len(shown)
        if more > 0:
            parts.append(self.words.counted("change.more", more))
        key = "parts" if parts and compared.outcome == "reworded" else compared.outcome
        return self.words(
            f"change.{key}",
            place=f"{self.answer.citations[0].document.short_title}, {compared.label}",
            parts=", ".join(parts),
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
