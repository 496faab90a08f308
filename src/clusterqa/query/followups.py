"""A question and the turns before it in, whether it leans on them and what it then asks out."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from clusterqa.query.checks import checked
from clusterqa.query.dates import day_in, without_days
from clusterqa.query.intents import asked_terms, asks_what_changed
from clusterqa.query.stems import content
from clusterqa.query.works import named_works, without_names
from clusterqa.types import Turn, Work

BETWEEN, TURNS = " | ", 2  # what stands between a question and those before it; how many are read
SHORT = 6  # words; a question this short leans on the one before it
LINKED = re.compile(
    r"\b(it|its|that|this|those|these|they|their|them|same|one|ones|there|then)\b"
    r"|^\s*(and|or|but|what about|how about|what if|even|also|et)\b",
    re.IGNORECASE,
)
BACK = re.compile(
    r"\b(?:back to|return(?:ing)? to|coming back to|again about)\b"
    r"(?P<first>(?: (?:the|my))? (?:first|original|initial|start)\b)?"
    r"|\b(?:(?:the|my) )(?P<also>earlier|previous|other) (?:question|topic|subject|point)\b",
    re.IGNORECASE,
)


def in_context(question: str, before: Sequence[str]) -> str:
    """What is encoded of a question with the questions before it, the last one first.

    The encoder has learned from such turns when to read on after the first question.
    """
    return BETWEEN.join((question, *before[:TURNS]))


def dated_turns(questions: Iterable[str], works: Sequence[Work], today: date) -> tuple[Turn, ...]:
    """The questions of a conversation as turns, each on the day that it or one before it names."""
    turns: list[Turn] = []
    for question in questions:
        before = turns[-1].as_of if turns else None
        turns.append(Turn(question, day_in(question, works, today) or before))
    return tuple(turns)


def leans(question: str, history: Sequence[Turn]) -> bool:
    """Whether a question cannot be understood without the one before it.

    It points back, or is short; one that asks what a term means is short and stands alone.
    """
    short = len(question.split()) <= SHORT and not asked_terms(question)
    return bool(history) and bool(LINKED.search(question) or short)


def subject_turns(question: str, history: Sequence[Turn], language: str) -> Sequence[Turn]:
    """The turns up to the one that a follow-up is about: the last, or the one it goes back to."""
    found = BACK.search(question)
    if found is None or len(history) == 1:
        return history
    if found["first"]:
        return history[:1]
    words = content(question, language)
    shared = [len(words & content(turn.question, language)) for turn in history]
    best = max(range(len(history)), key=lambda i: (shared[i], i))
    return history[: best + 1] if shared[best] else history[:-1]


def joined(
    question: str, history: Sequence[Turn], works: Sequence[Work], *, dated: bool, language: str
) -> str:
    """A follow-up with the question it leans on in front, without what it puts in its place.

    A day or a work that it names replaces that of the question before, as does what else it puts in
    the place of something; one that has nothing more to say ("And in 2016?") asks the same again.
    """
    before = resolve(history[-1].question, history[:-1])
    if dated:
        before = without_days(before)
    if named_works(question, works, date.max):
        before = without_names(before, works)
    if dated and not asks_what_changed(question) and not content(without_days(question), language):
        return before
    return swapped(before, question) or f"{before} {question}"


def swapped(before: str, question: str) -> str | None:
    """The question before with what a follow-up like "And for SMEs?" puts in its place.

    That goes where the same preposition stands last, before a doing rather than a thing if it is
    one; None if it stands nowhere.
    """
    found = INSTEAD.fullmatch(question)
    if found is None:
        return None
    doing = found["new"].split()[0].endswith("ing")
    pattern = rf"\b{found['link']} (\w[^,;?]*?){PHRASE_END}"
    places = list(re.finditer(pattern, before, re.IGNORECASE))
    if not places:
        return None
    alike = [old for old in places if old[1].split()[0].endswith("ing") is doing]
    start, end = (alike or places)[-1].span()
    return f"{before[:start]}{found['link'].lower()} {found['new']}{before[end:]}"


LINK = r"for|in|of|to|on|pour|dans|en"
PHRASE_END = rf"(?=\s*[,;?]|\s(?:{LINK}|by|with|under|if|when|from|is|are|was|were|be|may|can)\b|$)"
INSTEAD = re.compile(
    r"(?:(?:and|or|but|so|what about|how about|et|ou|mais)\b[ ,]*)*"
    rf"(?P<link>{LINK}) (?P<new>(?!how |what |which |who |whom |combien |quel|it\b|that\b|this\b)"
    r"[^?.;]{2,60}?)[ ?.!]*",
    re.IGNORECASE,
)


def resolve(question: str, history: Sequence[Turn]) -> str:
    """A question that leans on the one before it, with that one put in front."""
    if not leans(question, history):
        return checked(question)
    earlier = history[-1].question
    alone = [standing(history)] if leans(earlier, history[:-1]) else []
    return " ".join(map(checked, [*alone, earlier, question]))


def standing(history: Sequence[Turn]) -> str:
    """The last question of a conversation that can be understood alone."""
    alone = [t.question for i, t in enumerate(history) if not leans(t.question, history[:i])]
    return alone[-1]
