"""What people say and what the law calls it: a glossary in, a question's other words out.

The law says "operating aid" where people say "running costs". The longest term wins, and a word of
the question belongs to one term only.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from clusterqa.errors import CorpusError
from clusterqa.lexical import Analyzer

Terms = Mapping[str, Sequence[str]]
Glossary = Mapping[str, Terms]  # language to terms


def read_glossary(path: Path) -> Glossary:
    """The terms of each language; none if there is no such file.

    Raises `CorpusError` for a file that is no table of lists of words.
    """
    try:
        glossary = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise CorpusError(f"{path}: {error}; mend the file or move it away") from error
    for language, terms in glossary.items():
        for term, words in terms.items() if isinstance(terms, dict) else [(language, None)]:
            if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
                raise CorpusError(
                    f'{path}: {term!r} must be a list of words, like ["operating aid"]'
                )
    return glossary


def expansions(question: str, terms: Terms, analyze: Analyzer) -> list[str]:
    """The law's words for the terms that the question uses, each once, in the glossary's order."""
    free = analyze(question)
    found: list[str] = []
    for stems, words in sorted(
        ((analyze(term), words) for term, words in terms.items()), key=lambda item: -len(item[0])
    ):
        places = [i for i in range(len(free)) if stems and free[i : i + len(stems)] == stems]
        for place in places:
            free[place : place + len(stems)] = [""] * len(stems)
        if places:
            found += words
    return list(dict.fromkeys(found))


def in_law_words(question: str, terms: Terms) -> str:
    """The question with each term replaced by the first of the law's words for it."""
    by_term = {term.casefold(): words[0] for term, words in terms.items() if words}
    if not by_term:
        return question
    longest_first = sorted(by_term, key=len, reverse=True)
    pattern = rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])"
    return re.sub(
        pattern, lambda found: by_term[found.group().casefold()], question, flags=re.IGNORECASE
    )
