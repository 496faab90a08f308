"""A question in, its language out, by the words and letters that each language has as its own.

Language models were tried: on 60 short questions py3langid named 57 and lingua 58 right, but they
take 1.1 and 1.5 s to load, and lingua's small model, 77 ms, named 51.
"""

import functools
import re
from collections.abc import Set

from clusterqa.languages.language import Language, languages, served

SURELY = 2  # words by which a question is taken to be in a language that is not served
# Latin that is said in every language.
LATIN = re.compile(r"\bde[ -]minimis\b|\bex[ -](?:ante|post)\b|\bpari passu\b", re.IGNORECASE)


@functools.lru_cache(maxsize=1024)
def question_language(question: str) -> str:
    """The code of the language that most words of a question tell; English when none does.

    Letters decide between languages of as many words. One that is not served needs two words or
    letters, one of which no language has that is served.
    """
    words = frozenset(re.findall(r"[^\W\d_]+|[¿¡]", LATIN.sub(" ", question).lower()))
    known = sorted(languages().values(), key=lambda one: (not one.served, one.code != "en"))
    counts = {one.code: (len(words & one.telling), spelling(words, one)) for one in known}
    best = max(counts, key=lambda code: counts[code])  # of equals the first
    if is_served(best) or (sum(counts[best]) >= SURELY and own(words, languages()[best])):
        return best
    return max((code for code in counts if is_served(code)), key=lambda code: counts[code])


def is_served(language: str) -> bool:
    """Whether questions in a language are answered."""
    return languages()[language].served


def spelling(words: Set[str], language: Language) -> int:
    """How many of the words have a letter that only this language has."""
    return sum(not language.letters.isdisjoint(word) for word in words)


def own(words: Set[str], language: Language) -> set[str]:
    """The words that tell this language and none that is served, or have a letter of its own."""
    others = frozenset().union(*(one.telling for one in served()))
    spelt = {word for word in words if not language.letters.isdisjoint(word)}
    return spelt | (words & language.telling - others)
