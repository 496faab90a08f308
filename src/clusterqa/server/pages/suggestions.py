"""Questions to begin with, a few for each work that is here; a test proves each is answered."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from clusterqa.server.pages.rendering import WEB
from clusterqa.types import Work

SHOWN_OF_A_WORK = 2


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, the work and the provision that answer it, as cited, and the date asked about."""

    question: str
    language: str
    work: str
    label: str
    as_of: date | None = None


@cache
def all_suggestions() -> tuple[Suggestion, ...]:
    """Every question in `web/suggestions.toml`, in its order."""
    tables = tomllib.loads((WEB / "suggestions.toml").read_text("utf-8"))
    return tuple(Suggestion(**table) for table in tables["suggestions"])


def suggestions(works: Iterable[Work], language: str) -> list[tuple[Work, list[Suggestion]]]:
    """The works that have questions in a language, each with its first ones."""
    found = []
    for work in works:
        own = [s for s in all_suggestions() if (s.work, s.language) == (work.id, language)]
        if own:
            found.append((work, own[:SHOWN_OF_A_WORK]))
    return found
