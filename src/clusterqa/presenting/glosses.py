"""Terms of art in an answer, each with what it means in plain words.

Terms, the forms in which they stand in a text and the plain words are in the catalogue (`gloss`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from clusterqa.answers import Answer
from clusterqa.presenting.catalogue import LANGUAGES, Words, catalogue

TERMS = (
    "aid_intensity", "operating_aid", "single_undertaking", "undertaking", "de_minimis",
    "notification",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gloss:
    """A term of art as people write it, and what it means in plain words."""

    term: str
    said: str


def glosses(answer: Answer, words: Words) -> tuple[Gloss, ...]:
    """The terms of art that an answer's words hold, in a reader's language, each once."""
    text = " ".join([statement.text for statement in answer.statements])
    return tuple(
        Gloss(words(f"gloss.{term}_name"), words(f"gloss.{term}_said")) for term in found(text)
    )


def found(text: str) -> Iterator[str]:
    """The terms in a text of any language; one inside another's name does not count."""
    for term in TERMS:
        text, times = forms(term).subn(" ", text)
        if times:
            yield term


@cache
def forms(term: str) -> re.Pattern[str]:
    """What matches a term in the languages of the catalogue."""
    entry = catalogue()[f"gloss.{term}_forms"]
    every = [form.strip() for language in LANGUAGES for form in entry[language].split(",")]
    longest_first = sorted(every, key=len, reverse=True)
    either = "|".join(re.escape(form).replace("'", "['’]") for form in longest_first)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
