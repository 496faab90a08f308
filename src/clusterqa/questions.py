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
COUNT = r"\b(\d+|one|two|three|four|five|six|seven|ten|twelve|twenty|un|deux|trois|cinq|dix|vingt)"
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
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in text):
        raise UsageError("the question holds characters that are no text; type it as UTF-8")
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
    return f"{checked(history[-1].question)} {question}"


def named_works(question: str, works: Sequence[Work], as_of: date) -> list[Work]:
    """The works that a question names, word for word.

    A longer name hides one inside it ("GBER 2008"). Where works share a name, a year in the
    question decides, else the date.
    """
    words = name_words(question)
    found: dict[tuple[int, int], list[Work]] = {}
    for work in works:
        for name in {work.short_title, *work.names}:
            for span in spans(name_words(name), words):
                found.setdefault(span, []).append(work)
    longest = [s for s in found if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in found)]
    chosen = [w for span in longest for w in meant(found[span], words, as_of)]
    return list({work.id: work for work in chosen}.values())


def spans(name: list[str], words: list[str]) -> list[tuple[int, int]]:
    """Where a name stands in a question; a single word is a name only if it is no plain word."""
    if not name or (len(name) == 1 and name[0].isalpha() and name[0] not in ABBREVIATIONS):
        return []
    last = len(words) - len(name)
    return [(i, i + len(name)) for i in range(last + 1) if words[i : i + len(name)] == name]


ABBREVIATIONS = {"gber", "tfeu", "rgec", "tfue"}


def meant(works: Sequence[Work], words: Sequence[str], as_of: date) -> list[Work]:
    """Of works that share a name those whose year is said, else those with a version in force."""
    dated = [work for work in works if set(name_words(work.short_title)) & {*words} & YEARS]
    in_force = [work for work in works if versions_in_force(work, as_of)]
    return dated or in_force or list(works)


YEARS = {str(year) for year in range(1990, 2100)}


def name_words(text: str) -> list[str]:
    """The words of a name or a question as compared: "R&D&I" and "651/2014" are one word each."""
    return re.findall(r"[^\W_]+(?:[&/][^\W_]+)*", text.casefold())


def date_in(question: str) -> date | None:
    """The one date a question names ("in 2016", "in May 2019", "on 1 July 2023"); None for several.

    A month stands for its first day, a year for its middle. Numbers of acts are no dates.
    """
    found = {day_of(match) for match in DATED.finditer(question)} - {None}
    return found.pop() if len(found) == 1 else None


def day_of(match: re.Match[str]) -> date | None:
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"])
        if match["month"]:
            month = MONTHS.index(match["month"].casefold()) % 12 + 1
            return date(int(match["year"]), month, int(match["day"] or 1))
        return date(int(match["alone"]), 7, 1)
    except ValueError:
        return None


MONTHS = MONTH.strip("()").casefold().split("|")
DATED = re.compile(
    rf"\b(?P<iso>(?:19|20)\d\d-\d\d-\d\d)\b"
    rf"|(?:\b(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)? )?\b(?P<month>{MONTH}) (?P<year>(?:19|20)\d\d)\b"
    r"|\b(?:in|en|during|back in|of spring|as of) (?P<alone>(?:19|20)\d\d)\b(?![/-])",
    re.IGNORECASE,
)


def asked_term(question: str) -> str | None:
    """The term whose meaning a question asks for ("What is an SME?"); None if it asks otherwise."""
    found = MEANING.fullmatch(question.strip(" ?.!"))
    return next((term for term in found.groups() if term), None) if found else None


ARTICLE = r"(?:(?:an?|the|une?|les?|la|des?|d['’]une?)\s|l['’])?"
QUOTED = r"[\"'“”‘’«» ]*"
TERM = rf"{ARTICLE}{QUOTED}(.{{2,80}}?){QUOTED}"
FRAME = r"(?: (?:in|under|for the purposes of|according to|as defined|dans|selon|au sens)\b.*)?"
MEANING = re.compile(
    rf"(?:and |so |et )?(?:"
    rf"what (?:is|are) meant by {TERM}|what do(?:es)? {TERM} mean"
    rf"|(?:what|who) exactly (?:is|are|counts as) {TERM}"
    rf"|(?:what|who)(?: is|'s| are| counts? as| qualif(?:y|ies) as) {TERM}"
    rf"|(?:give me )?(?:the )?(?:definition|meaning) of {TERM}|define {TERM}"
    rf"|qu['’]est[- ]ce (?:qu['’] ?|que ){TERM}|que (?:signifie|veut dire) {TERM}"
    rf"|qu['’]entend[- ]on par {TERM}|(?:la )?définition (?:de |d['’]){TERM}"
    rf"){FRAME}",
    re.IGNORECASE,
)


def expected_figures(question: str) -> re.Pattern[str] | None:
    """What matches a text with a figure of a kind the question asks for; None if it asks none."""
    kinds = [kind for kind, words in ASKED.items() if re.search(words, question, re.IGNORECASE)]
    kinds += [also for kind in kinds for also in ALSO.get(kind, ())]
    patterns = "|".join(dict.fromkeys(FIGURES[kind] for kind in kinds))
    return re.compile(patterns, re.IGNORECASE) if patterns else None
