"""A text in, the stems of its words out: Snowball stems, function words left out, numbers kept.

A number is the same whether it is written with a decimal comma or point.
"""

import functools
import re
from collections.abc import Callable

import Stemmer

from clusterqa.languages.language import languages

Analyzer = Callable[[str], list[str]]

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:-[^\W\d_]+)*")


@functools.cache
def analyzer(language: str) -> Analyzer:
    """The analyzer of a language that is served ("en", "fr"); English for any other."""
    known = languages().get(language)
    spoken = known if known and known.served else languages()["en"]
    stemmer = Stemmer.Stemmer(spoken.stemmer or "english")
    ignored = spoken.function_words

    def tokens(text: str) -> list[str]:
        found = (comparable(word) for word in WORD.findall(text.lower()))
        words = [word for word in found if word not in ignored]
        words += [part for word in words if "-" in word for part in word.split("-")]
        return list(stemmer.stemWords(words))

    return tokens


def comparable(word: str) -> str:
    """The word, a number with a decimal point: older texts have "7,5", newer ones "7.5"."""
    return word.replace(",", ".") if word[0].isdigit() else word
