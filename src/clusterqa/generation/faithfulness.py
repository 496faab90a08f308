"""The gate for a language model's sentences: each is confirmed by what it cites, or it is dropped.

`check_composed` is to composed statements what `check_answer` is to verbatim ones: it trusts
nobody, so whatever wrote a sentence, it proves it again from the citations.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

from clusterqa.answering import check_answer, quotes
from clusterqa.answers import Citation, Statement
from clusterqa.errors import ClusterQAError
from clusterqa.generation.entailment import Part, objection, parts_of
from clusterqa.generation.prompt import QUOTED, Sentence
from clusterqa.types import Document

LONGEST_SENTENCE = 2000  # chars
WHERE = "(?:according to|under|selon)"
SAYS = "(?:says|provides|dit|prévoit)(?: that| que)?"
PUNCTUATION = frozenset(" ,.;:()[]'’‘-–—/%&€§…")


def confirmed(sentence: Sentence, citations: Sequence[Citation]) -> Statement | None:
    """The sentence as a statement, its quotations byte-exact; None if anything is in doubt."""
    cited = [citation for citation in citations if citation.n in sentence.citations]
    text = restored(sentence.text, [quote.exact for each in cited for quote in quotes(each)])
    statement = Statement(text, sentence.citations, composed=True)
    return None if doubt(statement, citations) else statement


def check_composed(
    statements: Sequence[Statement],
    citations: Sequence[Citation],
    document: Callable[[str], Document],
) -> None:
    """Raise `ClusterQAError` unless the citations confirm every statement and are byte-exact."""
    for statement in statements:
        if reason := doubt(statement, citations):
            raise ClusterQAError(f"composed statement, {reason}: {statement.text[:60]!r}")
    check_answer((), citations, document)


def doubt(statement: Statement, citations: Sequence[Citation]) -> str | None:
    """Why a composed statement is not confirmed; None if it is."""
    text = statement.text
    cited = [citation for citation in citations if citation.n in statement.citations]
    if not statement.composed:
        return "it is not marked as composed"
    if not cited or len(cited) != len(set(statement.citations)):
        return "it cites no passage that is there"
    around = re.sub(QUOTED, " ", text[opening(text, cited) :])
    if len(text) > LONGEST_SENTENCE or not all(map(is_plain, around)):
        return "it is no plain sentence"
    verbatim = [quote.exact for each in cited for quote in quotes(each)]
    if not all(any(span in exact for exact in verbatim) for span in quotations(text)):
        return "a quotation is not in the passage"
    found = unsupported(text, cited)
    if found is None and cites_in_vain(text, cited):
        return "it cites a passage that it does not need"
    return found


def unsupported(text: str, cited: Sequence[Citation]) -> str | None:
    """Why the cited passages do not support a text; None if they do."""
    parts = dict.fromkeys(part for each in cited for part in parts_of_citation(each))
    language = cited[0].document.language
    return objection(prose(text, cited), quotations(text), [*parts], language)


def cites_in_vain(text: str, cited: Sequence[Citation]) -> bool:
    """Whether a text is supported without one of the passages that it cites."""
    for each in cited:
        others = [citation for citation in cited if citation.n != each.n]
        if others and unsupported(text, others) is None:
            return True
    return False


def quotations(text: str) -> list[str]:
    """What stands between quotation marks."""
    return [found[0][1:-1] for found in re.finditer(QUOTED, text)]


def is_plain(character: str) -> bool:
    """Whether it may stand in prose: no mark-up, no direction marks, no stray quotation mark."""
    return unicodedata.category(character) in {"Lu", "Ll", "Nd"} or character in PUNCTUATION


def prose(text: str, cited: Sequence[Citation]) -> str:
    """The sentence without quotation marks and without its "According to Article 27(9), "."""
    return re.sub(QUOTED, lambda found: found[0][1:-1], text[opening(text, cited) :])


def opening(text: str, cited: Sequence[Citation]) -> int:
    """Length of the words that say where a sentence stands: the place of all that it cites."""
    names = set.intersection(*({c.locator.label, c.document.short_title} for c in cited))
    if not names:
        return 0
    name = "(?:the )?(?:" + "|".join(map(re.escape, sorted(names, key=len, reverse=True))) + ")"
    place = rf"{name}(?:(?:,? of|,? in|,) {name})?"
    told = rf"(?:{WHERE} {place}[,:]?|{place} {SAYS}[,:]?|{place}[,:]) (?=\S)"
    found = re.match(told, text, re.IGNORECASE)
    return found.end() if found else 0


def parts_of_citation(citation: Citation) -> list[Part]:
    """The parts of a citation's lead-ins and then of its quote, each introduced by those before."""
    found: list[Part] = []
    for quote in quotes(citation):
        found += parts_of(quote.exact, tuple(found))
    return found


def restored(text: str, verbatim: Sequence[str]) -> str:
    """The text, its quotations as the documents have them where only blanks or apostrophes differ.

    Models write plain blanks for no-break ones, and put their own full stop inside a quotation.
    """

    def exact(found: re.Match[str]) -> str:
        span = found[0][1:-1].strip()
        for kept in dict.fromkeys((span, span.rstrip(".,;"))):
            if original := first_found(kept, verbatim):
                return f"{found[0][0]}{original}{found[0][-1]}{span[len(kept) :]}"
        return found[0]

    return re.sub(QUOTED, exact, text)


def first_found(span: str, verbatim: Sequence[str]) -> str | None:
    """The verbatim stretch that reads like the span, whatever the size of its first letter."""
    if not span:
        return None
    rest = r"\s+".join(re.escape(word) for word in re.split(r"\s+", span[1:]))
    pattern = re.compile(re.sub("['’‘]", "['’‘]", f"(?i:{re.escape(span[0])}){rest}"))
    return next((match[0] for exact in verbatim if (match := pattern.search(exact))), None)
