"""A question in, its form out: what kind of short answer it asks for, by the words it asks with."""

import re
from dataclasses import dataclass

from clusterqa.languages.analysis import WORD, analyzer
from clusterqa.languages.identification import is_served
from clusterqa.languages.phrases import Occurrence, names_said, said
from clusterqa.languages.quantities import Kind, Quantity, figures
from clusterqa.query.intents import expected_figures
from clusterqa.query.stems import content

BLANKS = str.maketrans("\u00a0\u202f\u2009\n", "    ")
PART = re.compile(r"[,:] ")
CONTENT = 2  # stems without which a question is about the sentence before: "Is he right?"
NEAR = 12  # chars between the beginning of a part and the word that asks
STATED = {"premise", "leave", "duty"}  # what a statement says that is put as a question
SOUGHT = {"cap", "floor", "duration", "share", "amount", "date", "count", "plain", "bonus"}
SOUGHT_BY_YES_NO = ("leave", "duty", "barred")
ENDS = ".!;?"


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """How a question asks.

    `language` is the one to answer in. `says` are the names of the groups of phrases that it says,
    as `languages/*.toml` have them under `asking`, `asks` those that its last sentence says.
    `yes_no` is whether that is answered by yes or no, `sought` what it then asks: `leave`, whether
    it is a `duty`, whether something is `barred`, or nothing of these. `several` whether it asks
    more than one thing, `listing` whether it may ask for the points of a list, `kinds` are those of
    the figures that it may ask for. `counted` is the stem of what it asks the number of, other than
    of time; `given` are the figures that it gives itself.
    """

    language: str
    says: frozenset[str]
    asks: frozenset[str]
    yes_no: bool
    sought: str
    counted: str | None
    kinds: frozenset[Kind]
    several: bool
    listing: bool
    given: tuple[Quantity, ...]


def form(typed: str, text: str, language: str, *, count: bool, granted: str = "") -> QuestionForm:
    """The form of a question as typed and standing alone; `count` if it asks for a number.

    The figures that it takes for `granted` are not given.
    """
    spoken = language if is_served(language) else "en"
    text, last = text.translate(BLANKS), last_sentence(typed.translate(BLANKS))
    asks, several = names_asked(last, language), asked_things(last, language) > 1
    kinds, given = expected_figures(last), figures(text.replace(granted, " ") if granted else text)
    open_list = asks_for_several(last, language) and len(content(last, language)) >= CONTENT
    return QuestionForm(
        language=spoken,
        says=names_said(text, language, "asking"),
        asks=asks,
        yes_no=is_yes_no(last, language, put="?" in typed[-2:]),
        sought=sought(last, language),
        counted=counted(text, language) if count else None,
        kinds=kinds,
        several=several,
        listing="list" in asks or (open_list and not (kinds or several or given)),
        given=given,
    )


def asks_for_several(sentence: str, language: str) -> bool:
    """Whether "which" is asked of a noun in the plural, which ends in s in either language."""
    for one in said(sentence, language, "asking"):
        if one.name == "which":
            behind = WORD.search(sentence, one.end)
            verb = behind and "verb" in names_said(behind[0], language, "asking")
            words = (sentence[one.start : one.end], behind[0] if behind and not verb else "")
            if any(word.endswith("s") and not word.endswith("ss") for word in words):
                return True
    return False


def last_sentence(typed: str) -> str:
    """The last sentence of a question, which asks, without its sign."""
    sentence = typed.rstrip(" ?!.")
    for sign in ENDS:
        sentence = sentence.rpartition(f"{sign} ")[2]
    return sentence


def is_yes_no(sentence: str, language: str, *, put: bool) -> bool:
    """Whether a sentence begins with its verb or turns it round, and leaves nothing open.

    With a question mark (`put`) it may also be a statement: "So VAT is eligible?"
    """
    found = asking(sentence, language)
    names = {one.name for one in found}
    turned = max((one.start for one in found if one.name == "inverted"), default=0)
    open_words = [one for one in found if one.name == "open"]
    if (
        any(not is_relative(sentence, language, one, turned) for one in open_words)
        or len(content(sentence, language)) < CONTENT
    ):
        return False
    begun = any(one.name == "verb" and begins(sentence, one) for one in found)
    return begun or "inverted" in names or (put and bool(names & STATED) and not names & SOUGHT)


def asking(sentence: str, language: str) -> list[Occurrence]:
    """What a sentence says of how it asks.

    Words of a phrase that asks nothing are left out: "or not", "quand même".
    """
    found = said(sentence, language, "asking")
    idle = [one for one in found if one.name == "idle"]
    return [
        one
        for one in found
        if not any(other.start <= one.start and one.end <= other.end for other in idle)
    ]


def names_asked(sentence: str, language: str) -> frozenset[str]:
    """The names that a sentence says a phrase of; a negation in an aside is none of what it asks.

    An aside is what follows a comma that the verb of the question stands before.
    """
    found = asking(sentence, language)
    begun = max((one.start for one in found if one.name in ("verb", "inverted")), default=0)
    comma = sentence.find(", ", begun)
    end = comma if comma > 0 else len(sentence)
    return frozenset(one.name for one in found if one.name != "against" or one.start < end)


def is_relative(sentence: str, language: str, one: Occurrence, turned: int) -> bool:
    """Whether a word that may ask goes on from the noun before it instead.

    A verb turned round follows it: "Une association qui vend est-elle …".
    """
    word = sentence[one.start : one.end]
    relative = "relative" in names_said(word, language, "stating")
    return relative and not begins(sentence, one) and one.start > NEAR and turned > one.end


def sought(sentence: str, language: str) -> str:
    """What the verb of a question asks for; empty if it is leave, a duty or a bar in none.

    The first word that says so counts, from the verb that begins the question: others are about
    what is asked ("Is it forbidden to train for mandatory standards?").
    """
    found = asking(sentence, language)
    begun = [one.start for one in found if one.name == "verb" and begins(sentence, one)]
    ways = sorted((one.start, one.name) for one in found if one.name in SOUGHT_BY_YES_NO)
    behind = [name for start, name in ways if start >= max(begun, default=0)]
    return next(iter(behind or [name for _, name in ways]), "")


def asked_things(sentence: str, language: str) -> int:
    """How many parts of a sentence ask: "how much may it be and until when may it be paid"."""
    joins = [one for one in said(sentence, language, "stating") if one.name == "coordinate"]
    starts = {0, *(one.end + 1 for one in joins), *(m.end() for m in PART.finditer(sentence))}
    found = [
        one.start
        for one in asking(sentence, language)
        if (one.name == "asker" and any(0 <= one.start - start <= NEAR for start in starts))
        or (one.name == "verb" and one.start in starts)
    ]
    return len({*found})


def begins(sentence: str, phrase: Occurrence) -> bool:
    """Whether a phrase begins a sentence or what follows a comma or a colon in it."""
    before = sentence[: phrase.start].rstrip()
    return not before or before[-1] in ",:"


def counted(text: str, language: str) -> str | None:
    """The stem of the word behind "how many"; None without one."""
    found = [one for one in said(text, language, "asking") if one.name == "count"]
    word = WORD.search(text, found[0].end) if found else None
    return next(iter(analyzer(language)(word[0])), None) if word else None
