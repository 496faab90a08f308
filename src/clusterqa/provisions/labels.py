"""Labels of provisions, taken apart and compared, whichever the language they are in."""

import functools
import re

from clusterqa.provisions.headings import LATIN, LATIN_NUMBERS

ENGLISH = {"annexe": "annex", "partie": "part", "titre": "title", "chapitre": "chapter",
           "sous-section": "subsection"}  # fmt: skip
LETTER = dict(zip(LATIN_NUMBERS, "abcdefghijklm", strict=True))


@functools.lru_cache(maxsize=2**16)  # a question's address is compared with every label there is
def label_key(label: str) -> str:
    """The label to compare by: without case, blanks, commas and the words point and paragraph,
    in whichever language, "Annexe I, article 5 bis" as "Annex I, Article 5a".
    """
    words = re.sub(r"[a-z-]+", lambda m: ENGLISH.get(m[0], m[0]), label.casefold())
    words = re.sub(rf"(?:(?<=\d)\s?|(?<=\(\w)\s)({LATIN})\b", lambda m: LETTER[m[1]], words)
    return re.sub(r"\b(?:point|paragraph)\b|[\s,]+", "", words)


def article_of(label: str) -> str:
    """The article or recital that a label is of: "Article 27" for "Article 27(6)"."""
    return re.split(r" ?\(|, (?:paragraph|point)\b", label)[0] or label


def own_number(number: str, article: str) -> str:
    """A paragraph's number without its article's: "3.1." in Article 3 is "1"."""
    return number.removeprefix(f"{article.rpartition(' ')[2]}.")
