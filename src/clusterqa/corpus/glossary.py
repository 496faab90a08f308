"""`glossary.toml` in, what people say and what the law calls it out, language by language."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from clusterqa.errors import CorpusError

Terms = Mapping[str, Sequence[str]]  # what people say to the law's words for it, the best first
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
