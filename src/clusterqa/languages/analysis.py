"""A text in, the stems of its words out: Snowball stems, function words left out, numbers kept.

A language names its stemmer, as Snowball calls it; where there is none, or nothing is known of the
language, words are their own stems. A number is the same with a decimal comma or point.
"""

import functools
import re
from collections.abc import Callable, Sequence

import Stemmer

from clusterqa.languages.language import languages

Analyzer = Callable[[str], list[str]]

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:-[^\W\d_]+)*")


@functools.cache
def analyzer(language: str) -> Analyzer:
    """The analyzer of a language, by its code."""
    known = languages().get(language)
    ignored = known.function_words if known else frozenset[str]()
    stems = stemmer(known.stemmer if known else None)

    def tokens(text: str) -> list[str]:
        found = (comparable(word) for word in WORD.findall(text.lower()))
        words = [word for word in found if word not in ignored]
        words += [part for word in words if "-" in word for part in word.split("-")]
        return stems(words)

    return tokens


def stemmer(name: str | None) -> Callable[[Sequence[str]], list[str]]:
    """What stems words: the Snowball stemmer of a name, if the library that is here has it."""
    if name is None or name not in Stemmer.algorithms():
        return list
    found = Stemmer.Stemmer(name)
    return lambda words: list(found.stemWords(words))


def comparable(word: str) -> str:
    """The word, a number with a decimal point: older texts have "7,5", newer ones "7.5"."""
    return word.replace(",", ".") if word[0].isdigit() else word
