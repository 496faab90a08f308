"""A question as typed in; what it asks for out: checked, resolved, the figures it expects."""

import re
from collections.abc import Sequence
from datetime import date

from clusterqa.corpus import versions_in_force
from clusterqa.errors import UsageError
from clusterqa.types import Turn, Work

LONGEST_QUESTION = 2000  # chars
SHORT = 6  # words; a question this short leans on the one before it
LINKED = re.compile(
    r"\b(it|its|that|this|those|these|they|their|them|same|one|ones|there|then)\b"
    r"|^\s*(and|or|but|what about|how about|what if|even|also|et)\b",
    re.IGNORECASE,
)
MONTH = (
    r"(January|February|March|April|May|June|July|August|September|October|November|December"
    r"|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
)
COUNT = r"(\d+|one|two|three|four|five|six|seven|ten|twelve|twenty|un|deux|trois|cinq|dix|vingt)"
# The kinds of figure a text can hold, and the words by which a question asks for each.
FIGURES = {
    "percentage": r"\d\s?%|percentage points?|points de pourcentage",
    "amount": r"\bEUR\s?\d|\d\s(EUR|euros?)\b",
    "duration": COUNT
    + r"\s(working |calendar |fiscal |consecutive )?(years?|months?|weeks?|days?|ans|mois|jours)\b",
    "date": rf"\b\d{{1,2}}(er)? {MONTH} \d{{4}}\b",
}
ASKED = {
    "percentage": r"\b(share|per ?cent|percentages?|rate|intensity|uplift|bonus|proportion|part"
    r"|taux|pourcentage|intensité)\b|%",
    "amount": r"\b(how much|amount|ceiling|cap|threshold|limits?|size|big|sum|most|combien|montant"
    r"|plafond|seuil)\b",
    "duration": r"\b(how long|how many (years|months|weeks|days)|how (quickly|soon|old|often)"
    r"|deadline|period|duration|years max|combien de temps|durée|délai)\b",
    "date": r"\b(when|until when|which date|what date|expires?|run until|due to end|quand|date)\b",
}
# A sum is often given as a share, a last day as a length of time.
ALSO = {"amount": ("percentage",), "date": ("duration",)}


def checked(question: str) -> str:
    """The question with blanks folded; raises `UsageError` when it is empty or too long."""
    text = " ".join(question.split())
    if not text:
        raise UsageError("the question is empty; type one, or pipe one in with -")
    if len(text) > LONGEST_QUESTION:
        raise UsageError(
            f"the question has {len(text)} characters, at most {LONGEST_QUESTION} are read; "
            "ask one thing at a time"
        )
    return text


def resolve(question: str, history: Sequence[Turn]) -> str:
    """A question that leans on the one before it, with that one put in front."""
    if not history or not (LINKED.search(question) or len(question.split()) <= SHORT):
        return question
    return f"{' '.join(history[-1].question.split())} {question}"


def named_works(question: str, works: Sequence[Work], as_of: date) -> list[Work]:
    """The works that a question names; of several with one name, those that apply on the date."""
    words = name_words(question)
    found: dict[str, list[Work]] = {}
    for work in works:
        for name in (work.short_title, *work.names):
            if name_words(name) <= words:
                found.setdefault(name.casefold(), []).append(work)
    chosen = [w for same in found.values() for w in applying(same, as_of)]
    return list({work.id: work for work in chosen}.values())


def applying(works: Sequence[Work], as_of: date) -> list[Work]:
    """Of works that share a name those with a version in force; all of them if none has."""
    return [work for work in works if versions_in_force(work, as_of)] or list(works)


def name_words(text: str) -> set[str]:
    """The words of a name or a question as compared: "R&D&I" and "651/2014" are one word each."""
    return set(re.findall(r"[^\W_]+(?:[&/][^\W_]+)*", text.casefold()))


def expected_figures(question: str) -> re.Pattern[str] | None:
    """What matches a text with a figure of a kind the question asks for; None if it asks none."""
    kinds = [kind for kind, words in ASKED.items() if re.search(words, question, re.IGNORECASE)]
    kinds += [also for kind in kinds for also in ALSO.get(kind, ())]
    patterns = "|".join(dict.fromkeys(FIGURES[kind] for kind in kinds))
    return re.compile(patterns, re.IGNORECASE) if patterns else None
