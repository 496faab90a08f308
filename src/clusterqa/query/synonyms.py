"""What people say and what the law calls it: a glossary in, a question's other words out.

The law says "operating aid" where people say "running costs". Terms are compared by stem; the
longest one wins, and a word of the question belongs to one term only. What already stands in the
law's words ("de minimis aid", where people say "minimis") is left alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from clusterqa.corpus.glossary import Terms
from clusterqa.index import Library
from clusterqa.languages.analysis import WORD, Analyzer, analyzer


@dataclass(frozen=True, slots=True)
class Synonym:
    """Where a question uses a term, how it says it, and the law's words for it."""

    start: int
    end: int
    said: str
    words: Sequence[str]


class Synonyms:
    """The terms of one language, ready to be found in questions."""

    def __init__(self, terms: Terms, analyze: Analyzer) -> None:
        self.analyze = analyze
        self.words: dict[tuple[str, ...], Sequence[str]] = {}
        for term, words in terms.items():
            stems = tuple(stem for _, _, stem in self.stems(term))
            if stems and words:
                self.words.setdefault(stems, words)
        self.longest = max(map(len, self.words), default=0)

    def stems(self, text: str) -> list[tuple[int, int, str]]:
        """Start, end and stem of each word of the text that is no function word."""
        found = ((*m.span(), self.analyze(m.group())[:1]) for m in WORD.finditer(text))
        return [(start, end, stem[0]) for start, end, stem in found if stem]

    def uses(self, question: str) -> list[Synonym]:
        """The terms that a question uses, in its order."""
        found = self.stems(question)
        free = [stem for _, _, stem in found]
        uses = []
        for length in range(self.longest, 0, -1):
            for i in range(len(free) - length + 1):
                words = self.words.get(tuple(free[i : i + length]))
                if words is not None:
                    start, end = found[i][0], found[i + length - 1][1]
                    uses.append(Synonym(start, end, question[start:end], words))
                    free[i : i + length] = [""] * length
        said = [use for use in uses if not self.stands(use, question)]
        return sorted(said, key=lambda use: use.start)

    def stands(self, use: Synonym, question: str) -> bool:
        """Whether the law's words for a term stand in the question around it."""
        words = r"\W+".join(map(re.escape, WORD.findall(use.words[0])))
        around = re.finditer(rf"\b{words}s?\b", question, re.IGNORECASE)
        return any(m.start() <= use.start and use.end <= m.end() for m in around)

    def in_law_words(self, question: str) -> str:
        """The question with each term replaced by the first of the law's words for it."""
        for use in reversed(self.uses(question)):
            question = question[: use.start] + use.words[0] + question[use.end :]
        return question


READ: WeakKeyDictionary[Library, dict[str, Synonyms]] = WeakKeyDictionary()


def wording(library: Library, language: str) -> Synonyms:
    """What people say and what the law calls it, in one language, read once of each index."""
    found = READ.setdefault(library, {})
    if language not in found:
        found[language] = Synonyms(library.glossary.get(language, {}), analyzer(language))
    return found[language]
