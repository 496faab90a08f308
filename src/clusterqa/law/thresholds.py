"""Rules with figures and the law of a day in, those whose words stand in it out, with the proof.

A rule is never used without its words: where a new version of the law reworded the provision, or
changed the figure, the rule does not stand, and `unproven` names it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from clusterqa.corpus.thresholds import (
    FigureCheck,
    LawWords,
    Limit,
    Threshold,
    Thresholds,
    Unit,
)
from clusterqa.index import Library
from clusterqa.languages.quantities import Quantity, quantities
from clusterqa.law.history import find_provision
from clusterqa.types import Document, Source, Work


@dataclass(frozen=True, slots=True)
class Proof:
    """Where the words of a rule stand: a span of a source's document, in a provision."""

    source: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule that stands in the law of a day; the first proof has its figures.

    `figures` are those of its limits as the law writes them: "EUR 100 000".
    """

    rule: Threshold
    proofs: tuple[Proof, ...]
    figures: tuple[str, ...]


def standing(
    library: Library, check: FigureCheck, day: date, language: str
) -> tuple[Standing, ...]:
    """The rules of a check that stand in the law of a day, of the first work that has some.

    Their words are those of a text in the language, else of any.
    """
    for work in works_of(check, library.works):
        texts = library.texts_in_force(work, day)
        found = [
            stood
            for rule in check.rule
            if rule.counts_on(day)
            and (stood := in_one_of(rule, texts, library.document, library.thresholds, language))
        ]
        if found:
            return tuple(found)
    return ()


def works_of(check: FigureCheck, works: Sequence[Work]) -> list[Work]:
    """The works that a check is of and that are known, in its order."""
    known = {work.id: work for work in works}
    return [known[name] for name in check.works if name in known]


def in_one_of(
    rule: Threshold,
    texts: Sequence[Source],
    document: Callable[[str], Document],
    thresholds: Thresholds,
    language: str,
) -> Standing | None:
    """The rule in the first of the texts that has its words, one in the language before others."""
    for source in sorted(texts, key=lambda text: text.language != language):
        found = in_text(rule, document(source.id), source.language, thresholds)
        if found:
            return found
    return None


def in_text(
    rule: Threshold, document: Document, language: str, thresholds: Thresholds
) -> Standing | None:
    """The rule as a text has it; None if some of its words or figures are not there."""
    proofs = [proof(words, document, language) for words in rule.words]
    whole = [one for one in proofs if one is not None]
    if len(whole) < len(proofs):
        return None
    text = document.text[whole[0].start : whole[0].end]
    figures = [written(one, thresholds.unit_of(one.measure), text) for one in rule.limits]
    said = [figure for figure in figures if figure is not None]
    return Standing(rule, tuple(whole), tuple(said)) if len(said) == len(figures) else None


def proof(words: LawWords, document: Document, language: str) -> Proof | None:
    """Where words stand in their provision; None if they do not, or not in this language."""
    provision = find_provision(document, words.label)
    for wording in words.wordings(language) if provision else ():
        assert provision is not None
        found = pattern(wording).search(document.text, provision.start, provision.end)
        if found:
            return Proof(document.source, provision.label, *found.span())
    return None


@lru_cache(maxsize=2**10)
def pattern(quote: str) -> re.Pattern[str]:
    """What matches words however their blanks, apostrophes and quotation marks are printed."""
    words = (re.escape(word) for word in quote.split())
    return re.compile(re.sub(r"['‘’]", "['‘’]", r"\s+".join(words)))


UNITS: dict[Unit, tuple[str, str]] = {
    "": ("count", ""), "EUR": ("amount", "EUR"), "%": ("percentage", "%"),
    "year": ("duration", "year"),
}  # fmt: skip


def is_in_unit(quantity: Quantity, unit: Unit) -> bool:
    return (quantity.kind, quantity.unit) == UNITS[unit]


def written(limit: Limit, unit: Unit, text: str) -> str | None:
    """The figure of a limit as a text writes it, blanks folded; None if it states no such."""
    for one in quantities(text):
        if is_in_unit(one, unit) and one.value == limit.figure:
            return " ".join(text[one.start : one.end].split())
    return None


def unproven(
    thresholds: Thresholds, works: Sequence[Work], documents: Sequence[Document]
) -> Iterator[str]:
    """A line for each rule and text of its work and time in which its words do not stand."""
    here = {document.source: document for document in documents}
    for check in thresholds.check:
        for work in works_of(check, works):
            for source in work.sources:
                for rule in check.rule if source.id in here else ():
                    if concerns(rule, source) and not in_text(
                        rule, here[source.id], source.language, thresholds
                    ):
                        yield (
                            f"thresholds.toml: {check.id}.{rule.id} is not used on {source.id}: "
                            f"its words or figures do not stand in {rule.label}; mend its quote, "
                            "its figure or its days"
                        )


def concerns(rule: Threshold, source: Source) -> bool:
    """Whether a rule is of the time of a text and has words in its language."""
    first, last = source.valid_from or date.min, source.valid_to or date.max
    in_time = (rule.since or date.min) <= last and first <= (rule.until or date.max)
    return in_time and source.language in rule.quote
