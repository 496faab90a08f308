"""A short answer in, its words in patterns of the catalogue out."""

from collections.abc import Sequence

from clusterqa.answers import CheckResult, Short
from clusterqa.presenting.catalogue import Words, catalogue
from clusterqa.presenting.figure_checks import check_text

CONTINUING = " ;,:"


def short_text(short: Short, checks: Sequence[CheckResult] = ()) -> str:
    """What a short answer says: its words, each in its pattern, in its language.

    A pattern that begins with a sign or a blank goes on with what was said before it. What figures
    amount to is said of the one of the `checks` that it names.
    """
    words, said = Words(short.language), ""
    for result in checks:
        if short.kind == "check" and result.check.id == short.check:
            return check_text(result, words)
    for one in short.words:
        part = words(f"short.{one.pattern}", words=one.exact)
        pattern = catalogue()[f"short.{one.pattern}"][short.language]
        if said and pattern[0].isalpha():
            part = part[0].lower() + part[1:]
        goes_on = not said or pattern[0] in CONTINUING
        said += part if goes_on else words("short.then") + part
    return " ".join(f"{said[:1].upper()}{said[1:]}".split())


def sources_of(short: Short) -> tuple[int, ...]:
    """The numbers of the citations that its words stand in, each once."""
    return tuple(dict.fromkeys(one.citation for one in short.words))
