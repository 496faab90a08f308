"""A question in, the works out that it is about by its subject and of which no text is here.

A subject is what the manifest writes: phrases, all of which must stand in the question, with " + "
between them and " | " between those of which one is enough, and after " without " phrases of which
none may stand there. They are compared word for word, so that a question which a text that is here
answers is not taken for one of them: better to miss one than to turn away an answer.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clusterqa.corpus.manifest import applies
from clusterqa.index import Library
from clusterqa.query.works import name_words
from clusterqa.types import Work

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """Of each of `parts` one phrase stands in a question that is about it, of `without` none."""

    parts: tuple[frozenset[Phrase], ...]
    without: frozenset[Phrase]

    def is_of(self, words: Phrase) -> bool:
        return all(any(stands(phrase, words) for phrase in part) for part in self.parts) and (
            not any(stands(phrase, words) for phrase in self.without)
        )


@functools.lru_cache(maxsize=2**12)  # every question is compared with every subject
def subject(written: str) -> Subject:
    """A subject as the manifest writes it."""
    parts, _, without = written.partition(" without ")
    return Subject(tuple(map(phrases, parts.split(" + "))), phrases(without))


def phrases(alternatives: str) -> frozenset[Phrase]:
    return frozenset(name_words(one) for one in alternatives.split(" | ")) - {()}


def stands(phrase: Phrase, words: Phrase) -> bool:
    """Whether a phrase stands among words, in its order and with nothing in between."""
    last = len(words) - len(phrase)
    return any(words[i : i + len(phrase)] == phrase for i in range(last + 1))


def absent_of_subject(library: Library, question: str, as_of: date) -> list[Work]:
    """The works that a question is about by its subject and of which no text is here."""
    return [w for w in works_of_subject(question, library.works, as_of) if not library.texts(w)]


def works_of_subject(question: str, works: Sequence[Work], as_of: date) -> list[Work]:
    """The works that a question is about by its subject, those that applied on a day first."""
    words = name_words(question)
    found = [w for w in works if any(subject(one).is_of(words) for one in w.subjects)]
    in_force = [w for w in found if not w.sources or any(applies(s, as_of) for s in w.sources)]
    return in_force or [w for w in found if began(w, as_of) and not w.superseded_by]


def began(work: Work, as_of: date) -> bool:
    """Whether a work had begun to apply by a day; its versions may have gaps."""
    return any((source.valid_from or date.min) <= as_of for source in work.sources)
