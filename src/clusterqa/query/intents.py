"""A question in, what it wants to know out: a figure, a limit, a count, a meaning, a change."""

import re
from dataclasses import dataclass

from clusterqa.languages.quantities import Kind

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


@dataclass(frozen=True, slots=True)
class Wants:
    """What a question wants to know.

    `figures` are the kinds of figure asked for; `limit` matches a text that sets one of the kind
    asked for, None if none is; `own_figure` says whether its own words ask for a figure, not those
    of the turns before; `openly` whether they leave open what they ask for: not "Did the ceiling
    change?".
    """

    figures: frozenset[Kind]
    limit: re.Pattern[str] | None
    own_figure: bool
    count: bool
    change: bool
    openly: bool


def wants(typed: str, words: str, *, change: bool) -> Wants:
    """What is wanted by a question, as typed and as searched."""
    return Wants(
        figures=expected_figures(words),
        limit=expected_limit(words),
        own_figure=bool(expected_figures(typed)),
        count=asks_count(words),
        change=change,
        openly=bool(OPEN.match(typed)),
    )


OPEN = re.compile(r"\W*(?:and |so |et )?(?:what|which|qu)", re.IGNORECASE)


def granted(text: str) -> str:
    """The clauses whose content a question takes for granted: "Since aid may run for 15 years,"."""
    return " ".join(clause.group() for clause in GRANTED.finditer(text))


GRANTED = re.compile(
    r"\b(?:since|as|because|given that|now that|knowing that|puisque|étant donné que|comme)\b"
    r"(?:[^,;.?]|(?<=\d)[.,](?=\d)){5,160}[,;]"
    r"|\bwhy (?:is|are|does|do|can|may|was|were)\b[^?]{5,200}",
    re.IGNORECASE,
)
