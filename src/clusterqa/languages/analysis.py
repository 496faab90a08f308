"""A text in, the stems of its words out: Snowball stems, function words left out, numbers kept.

A number is the same whether it is written with a decimal comma or point.
"""

import functools
import re
from collections.abc import Callable

import Stemmer

Analyzer = Callable[[str], list[str]]

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:-[^\W\d_]+)*")
FUNCTION_WORDS = {
    "en": frozenset(
        "a an and are as at be been being but by can could did do does for from had has have he her"
        " his how i if in into is it its me my no not of on or our shall she should so some such"
        " than that the their them then there these they this those to was we were what when where"
        " which who whom whose why will with would you your".split()
    ),
    "fr": frozenset(
        "à au aux avec ce ces cet cette comme dans de des du elle elles en est et été être il ils"
        " je la le les leur leurs lui mais ne nous on ont ou où par pas pour qu que quel quelle"
        " quelles quels qui sa se ses si son sont sur un une vos votre vous y"
        " c d j l m n qu s t".split()
    ),
}
SERVED = tuple(FUNCTION_WORDS)  # codes of the languages in which questions are understood


@functools.cache
def analyzer(language: str) -> Analyzer:
    """The analyzer of a language ("en", "fr"); English for any other."""
    language = language if language in FUNCTION_WORDS else "en"
    stemmer = Stemmer.Stemmer({"en": "english", "fr": "french"}[language])
    ignored = FUNCTION_WORDS[language]

    def tokens(text: str) -> list[str]:
        found = (comparable(word) for word in WORD.findall(text.lower()))
        words = [word for word in found if word not in ignored]
        words += [part for word in words if "-" in word for part in word.split("-")]
        return list(stemmer.stemWords(words))

    return tokens


def comparable(word: str) -> str:
    """The word, a number with a decimal point: older texts have "7,5", newer ones "7.5"."""
    return word.replace(",", ".") if word[0].isdigit() else word
