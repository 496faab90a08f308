"""A question as typed in; what it asks for out: checked, resolved, the figures it expects."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clusterqa.corpus.manifest import versions_in_force
from clusterqa.errors import UsageError
from clusterqa.languages.analysis import analyzer
from clusterqa.languages.identification import question_language
from clusterqa.languages.quantities import Kind
from clusterqa.query.dates import times_in, without_change, without_days
from clusterqa.types import Turn, Work

LONGEST_QUESTION = 2000  # chars
SHORT = 6  # words; a question this short leans on the one before it
LINKED = re.compile(
    r"\b(it|its|that|this|those|these|they|their|them|same|one|ones|there|then)\b"
    r"|^\s*(and|or|but|what about|how about|what if|even|also|et)\b",
    re.IGNORECASE,
)
# The words by which a question asks for each kind of figure.
ASKED: dict[Kind, str] = {
    "percentage": r"\b(share|per ?cent|percentages?|rate|intensity|uplift|bonus|proportion|part"
    r"|taux|pourcentage|intensité)\b|%",
    "amount": r"\b(how much|amount|ceiling|cap|threshold|limits?|size|big|sum|most|combien|montant"
    r"|plafond|seuil)\b",
    "duration": r"\b(how long|how many (years|months|weeks|days)|how (quickly|soon|old|often)"
    r"|deadline|period|duration|years max|durée|délai"
    r"|combien (?:de |d['’])(?:temps|ans?|années?|mois|jours?))\b",
    "date": r"\b(?:until|since|from|by) when\b|(?:^|[?.!,;:]\s*(?:and |so |but )?)when\b"
    r"(?=.*\b(?:expir|end|start|beg[iu]n|appl[iy]|force|effect|run out|laps|stop|cease|adopt"
    r"|publi|repeal|replac|due|report|deadline|latest|pa[iy]))"
    r"|\b(which date|what date|expires?|run until|due to end|quand|date)\b",
}
# A sum is often given as a share, a last day as a length of time.
ALSO: dict[Kind, tuple[Kind, ...]] = {"amount": ("percentage",), "date": ("duration",)}


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


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it is searched: on its own, with the day it asks about.

    `history` are the turns that it was read with, up to the one it leans on; empty if it stands
    alone. `days` are all that its own words, `typed`, name, in their order; `unknown` are the words
    of time that were not understood.
    """

    text: str
    typed: str
    as_of: date
    days: tuple[date, ...] = ()
    history: tuple[Turn, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What is searched: the question without its days, which decide what text is searched.

        Of a question that asks what changed, it is what may have changed.
        """
        words = without_change(self.text) if asks_what_changed(self.text) else self.text
        words = without_days(words) if self.days else words
        return words if content(words) else without_days(self.text) or self.text

    @property
    def asks_figure(self) -> bool:
        """Whether its own words, not those of the question before, ask for a figure."""
        return bool(expected_figures(self.typed))

    @property
    def parts(self) -> tuple[str, ...]:
        """The questions in it, each on its own, where it holds several; else none."""
        asked = [p.strip() for p in re.findall(r"[^?]+\?", self.words) if len(content(p)) > 1]
        if len(asked) < 2 or self.history:
            return ()
        turns = [Turn(part) for part in asked]
        return tuple(resolve(part, turns[:n]) for n, part in enumerate(asked))


def understand(
    question: str,
    *,
    works: Sequence[Work],
    today: date,
    as_of: date | None = None,
    history: Sequence[Turn] = (),
) -> Understood:
    """What a question asks, given the turns before it, and of which day.

    That is `as_of`, or the day that its words name (the last, if it compares days; not the one
    since when something changed), or that of the turn before, or `today`. Raises `UsageError` for a
    question that cannot be read.
    """
    question = checked(question)
    times = times_in(question, works, today)
    days, unknown = times.days, times.unknown if as_of is None else ()
    before = history[-1].as_of if history else None
    since = len(days) == 1 and asks_what_changed(question)
    day = as_of or (max(days) if days and not since else None) or before or today
    leant_on = tuple(subject_turns(question, history)) if leans(question, history) else ()
    if not leant_on:
        return Understood(question, question, day, days, unknown=unknown)
    text = joined(question, leant_on, works, bool(days))
    return Understood(text, question, day, days, leant_on, unknown)


def leans(question: str, history: Sequence[Turn]) -> bool:
    """Whether a question cannot be understood without the one before it.

    It points back, or is short; one that asks what a term means is short and stands alone.
    """
    short = len(question.split()) <= SHORT and not asked_terms(question)
    return bool(history) and bool(LINKED.search(question) or short)


def subject_turns(question: str, history: Sequence[Turn]) -> Sequence[Turn]:
    """The turns up to the one that a follow-up is about: the last, or the one it goes back to."""
    found = BACK.search(question)
    if found is None or len(history) == 1:
        return history
    if found["first"]:
        return history[:1]
    words = content(question)
    shared = [len(words & content(turn.question)) for turn in history]
    best = max(range(len(history)), key=lambda i: (shared[i], i))
    return history[: best + 1] if shared[best] else history[:-1]


def joined(question: str, history: Sequence[Turn], works: Sequence[Work], dated: bool) -> str:
    """A follow-up with the question it leans on in front, without what it puts in its place.

    A day or a work that it names replaces that of the question before, as does what else it puts in
    the place of something; one that has nothing more to say ("And in 2016?") asks the same again.
    """
    before = resolve(history[-1].question, history[:-1])
    if dated:
        before = without_days(before)
    if named_works(question, works, date.max):
        before = without_names(before, works)
    if dated and not content(without_days(question)):
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


def without_names(question: str, works: Sequence[Work]) -> str:
    """The question without the works that it names, and the words that lead to them."""
    names = sorted({n for w in works for n in (w.short_title, *w.names)}, key=len, reverse=True)
    pattern = rf"(?:\b(?:under|in|by|of|per) )?(?:the )?\b(?:{'|'.join(map(re.escape, names))})\b"
    return " ".join(re.sub(pattern, "", question, flags=re.IGNORECASE).split())


def content(question: str) -> frozenset[str]:
    """The stems of a question that say what it is about."""
    return frozenset(analyzer(question_language(question))(question)) - GENERAL


# Stems of words that ask without saying about what.
GENERAL = frozenset(
    "long much mani same appli chang differ say mean count also still hold true get matter happen"
    " now today exact ask question tell explain thing case more back earlier first previous start"
    " longtemp combien même".split()
)
BACK = re.compile(
    r"\b(?:back to|return(?:ing)? to|coming back to|again about)\b"
    r"(?P<first>(?: (?:the|my))? (?:first|original|initial|start)\b)?"
    r"|\b(?:(?:the|my) )(?P<also>earlier|previous|other) (?:question|topic|subject|point)\b",
    re.IGNORECASE,
)


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


def spans(name: tuple[str, ...], words: tuple[str, ...]) -> list[tuple[int, int]]:
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


@functools.lru_cache(maxsize=2**12)  # every question is looked through for every name
def name_words(text: str) -> tuple[str, ...]:
    """The words of a name or a question as compared: "R&D&I" and "651/2014" are one word each."""
    return tuple(re.findall(r"[^\W_]+(?:[&/][^\W_]+)*", text.casefold()))


def asks_what_changed(question: str) -> bool:
    """Whether a question asks what became of a rule, not what it says."""
    return bool(CHANGED.search(question))


CHANGED = re.compile(
    r"\bwhat(?:['’]s| is| has| have| was| were)?(?: been)?"
    r" (?:changed?|chang\w+|new|different|amended)\b"
    r"|\bwhat did .{0,80}\b(?:change|amend|revise|modify)\b"
    r"|\bhow (?:did|has|have|was|were|is|does) .{0,120}\b(?:chang|evolv|amend|modif|differ|revis)"
    r"|\bdifference between\b|\bdiffer(?:s|ed|ent)? from\b|\bcompared? (?:to|with)\b"
    r"|\b(?:changed?|changes|amended) (?:since|between|after|from|with|by|in)\b"
    r"|\bqu['’]est-ce qui (?:a )?chang|\bquels? changements?\b"
    r"|\b(?:comment|en quoi)\b.{0,120}\b(?:chang|évolu|modifi)é",
    re.IGNORECASE,
)


def asked_terms(question: str) -> list[str]:
    """The term whose meaning a question asks for ("What is an SME?"); none if it asks otherwise.

    Where words follow that may belong to it ("an undertaking in difficulty") or say where it is
    used ("an undertaking in the GBER"), first with and then without them.
    """
    found = MEANING.fullmatch(question.strip(" ?.!"))
    term = next((term for term in found.groups() if term), None) if found else None
    return list(dict.fromkeys((term, FRAME.split(term)[0]))) if term else []


ARTICLE = r"(?:(?:an?|the|une?|les?|la|des?|d['’]une?)\s|l['’])?"
QUOTED = r"[\"'“”‘’«» ]*"
TERM = rf"{ARTICLE}{QUOTED}(.{{2,120}}?){QUOTED}"
FRAME = re.compile(
    r" (?:in|under|for the purposes of|according to|as defined|dans|selon|au sens)\b", re.IGNORECASE
)
MEANING = re.compile(
    rf"(?:and |so |et )?(?:"
    rf"what (?:is|are) meant by {TERM}|what do(?:es)? {TERM} mean"
    rf"|(?:what|who) exactly (?:is|are|counts as) {TERM}"
    rf"|(?:what|who)(?: is|'s| are| counts? as| qualif(?:y|ies) as) {TERM}"
    rf"|(?:give me )?(?:the )?(?:definition|meaning) of {TERM}|define {TERM}"
    rf"|qu['’]est[- ]ce (?:qu['’] ?|que ){TERM}|que (?:signifie|veut dire) {TERM}"
    rf"|qu['’]entend[- ]on par {TERM}|(?:la )?définition (?:de |d['’]){TERM}"
    rf")",
    re.IGNORECASE,
)


def expected_figures(question: str) -> frozenset[Kind]:
    """The kinds of figure that a question asks for, as `quantities` tells them apart."""
    kinds = [kind for kind, words in ASKED.items() if re.search(words, question, re.IGNORECASE)]
    return frozenset((*kinds, *(also for kind in kinds for also in ALSO.get(kind, ()))))


def expected_limit(question: str) -> re.Pattern[str] | None:
    """What a text says that sets a limit of the kind asked for, a least or a most; None for none.

    "What is the minimum duration?" is not answered by "shall not exceed 10 years".
    """
    if LEAST_ASKED.search(question):
        return LEAST_SET
    return MOST_SET if MOST_ASKED.search(question) else None


LEAST_ASKED = re.compile(
    r"\b(?:minimum|minimal\w*|at (?:the very )?least|lowest|smallest|fewest|au moins)\b",
    re.IGNORECASE,
)
MOST_ASKED = re.compile(
    r"\b(?:maximum|maximal\w*|at (?:the )?most|highest|largest|most|cap|ceiling|limit|au plus"
    r"|plafond)\b",
    re.IGNORECASE,
)
LEAST_SET = re.compile(
    r"\b(?:minimum|at least|not be less|no less|(?:not be )?lower|exceed(?:s|ing)|more than|above"
    r"|au moins|minimal\w*|supérieure?s?|excédant)\b",
    re.IGNORECASE,
)
MOST_SET = re.compile(
    r"\b(?:maximum|at most|(?:does )?not exceed|no more|not be more|up to|ceiling|below|fewer"
    r"|less than|limited to|within|maximal\w*|au plus|plafond\w*|jusqu|n['’]excèd\w+|dépass\w+"
    r"|inférieure?s?)\b",
    re.IGNORECASE,
)


def asks_count(question: str) -> bool:
    """Whether a question asks how many there are of something, other than of time."""
    return bool(HOW_MANY.search(question))


HOW_MANY = re.compile(
    r"\bhow many\b(?! (?:years|months|weeks|days))|\bnumber of\b"
    r"|\bcombien (?:de |d['’])(?!(?:temps|ans|années?|mois|jours)\b)",
    re.IGNORECASE,
)
