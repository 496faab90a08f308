"""A question in, its form out: what kind of short answer it asks for, by the words it asks with."""

from dataclasses import dataclass

from clusterqa.languages.analysis import WORD, analyzer
from clusterqa.languages.identification import is_served
from clusterqa.languages.phrases import Said, names_said, said
from clusterqa.languages.quantities import figures

BLANKS = str.maketrans("\u00a0\u202f\u2009\n", "    ")
ENDS = ".!;"  # what parts sentences, beside question marks


@dataclass(frozen=True, slots=True)
class Form:
    """How a question asks.

    `language` is the one to answer in; `says` are the names of the groups of phrases that it says,
    as `languages/*.toml` have them under `asking`; `yes_no` whether it is answered by yes or no;
    `counted` the stem of what it asks the number of, other than of time; `figures` are those that
    it gives itself.
    """

    language: str
    says: frozenset[str]
    yes_no: bool
    counted: str | None
    figures: frozenset[str]


def form(typed: str, text: str, language: str, *, count: bool) -> Form:
    """The form of a question as typed and standing alone; `count` if it asks for a number."""
    spoken = language if is_served(language) else "en"
    text = text.translate(BLANKS)
    return Form(
        language=spoken,
        says=names_said(text, language, "asking"),
        yes_no=is_yes_no(typed.translate(BLANKS), language),
        counted=counted(text, language) if count else None,
        figures=frozenset(one.figure for one in figures(text)),
    )


def is_yes_no(typed: str, language: str) -> bool:
    """Whether the last sentence begins with its verb or turns it round, and leaves nothing open."""
    sentence = typed.rstrip(" ?!.")
    for sign in (*ENDS, "?"):
        sentence = sentence.rpartition(f"{sign} ")[2]
    found = said(sentence, language, "asking")
    names = {one.name for one in found}
    if "open" in names:
        return False
    return "inverted" in names or any(one.name == "verb" and begins(sentence, one) for one in found)


def begins(sentence: str, phrase: Said) -> bool:
    """Whether a phrase begins a sentence or what follows a comma or a colon in it."""
    before = sentence[: phrase.start].rstrip()
    return not before or before[-1] in ",:"


def counted(text: str, language: str) -> str | None:
    """The stem of the word behind "how many"; None without one."""
    found = [one for one in said(text, language, "asking") if one.name == "count"]
    word = WORD.search(text, found[0].end) if found else None
    return next(iter(analyzer(language)(word[0])), None) if word else None
