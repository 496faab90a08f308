"""BM25 over the words of passages: an analyzer, an index that bm25s builds, memory-mapped.

Lucene's BM25 (k1 1.5, b 0.75), Snowball stems, function words left out, numbers kept, whether
written with a decimal comma or point.
"""

import functools
import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import Stemmer
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Analyzer = Callable[[str], list[str]]

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:-[^\W\d_]+)*")
FUNCTION_WORDS = {
    "en": frozenset(
        "a an and are as at be been being but by can could did do does for from had has have he her"
        " his how i if in into is it its me my no not of on or our shall she should so some such"
        " than that the their them then there these they this those to was we were what when where"
        " which who whom whose why will with would you your".split()
    ),
    "fr": frozenset(
        "à au aux avec ce ces cet cette comme dans de des du elle elles en est et été être il ils"
        " je la le les leur leurs lui mais ne nous on ont ou où par pas pour qu que quel quelle"
        " quelles quels qui sa se ses si son sont sur un une vos votre vous y"
        " c d j l m n qu s t".split()
    ),
}


@functools.cache
def analyzer(language: str) -> Analyzer:
    """The analyzer of a language ("en", "fr"); English for any other."""
    language = language if language in FUNCTION_WORDS else "en"
    stemmer = Stemmer.Stemmer({"en": "english", "fr": "french"}[language])
    ignored = FUNCTION_WORDS[language]

    def tokens(text: str) -> list[str]:
        found = (comparable(word) for word in WORD.findall(text.lower()))
        words = [word for word in found if word not in ignored]
        words += [part for word in words if "-" in word for part in word.split("-")]
        return list(stemmer.stemWords(words))

    return tokens


def comparable(word: str) -> str:
    """The word, a number with a decimal point: older texts have "7,5", newer ones "7.5"."""
    return word.replace(",", ".") if word[0].isdigit() else word


def question_language(question: str) -> str:
    """The language whose function words a question uses more; English when in doubt."""
    words = set(re.findall(r"[^\W\d_]+", question.lower()))
    counts = {language: len(words & ignored) for language, ignored in FUNCTION_WORDS.items()}
    return "fr" if counts["fr"] > counts["en"] else "en"


# Words that tell some other languages of the Union, none of them usual in English or French.
UNSERVED_WORDS = {
    "de": "der das den dem ist sind ein eine einer eines für und oder nicht wie wann wer welche"
    " welcher welches mit von zu auf bei werden wird kann darf gilt hoch viel auch zum zur",
    "es": "el los las para por cuál cuáles qué cómo cuándo cuánto cuánta quién del una con se puede"
    " ayuda ayudas es está según",
    "it": "il gli lo di che è sono una della delle dei degli qual quali quanto quando chi"
    " può nel nella con aiuti aiuto",
    "nl": "het een van voor zijn wat hoe wanneer welke wie kan mag niet met wordt worden ook naar",
    "pt": "os para por qual quais que como quando quanto quem uma da dos das é são não"
    " pode auxílio auxílios",
    "pl": "jest są jaka jaki jakie kiedy kto czy dla na się nie może oraz pomocy pomoc ile",
}  # fmt: skip


def is_unserved(question: str) -> bool:
    """Whether a question is surely in another language than those that are understood."""
    words = set(re.findall(r"[^\W\d_]+", question.lower()))
    served = [len(words & ignored) for ignored in FUNCTION_WORDS.values()]
    others = [len(words & set(known.split())) for known in UNSERVED_WORDS.values()]
    return max(others) >= 2 and max(others) > max(served)


def build_lexical(texts: Iterable[tuple[str, str]], folder: Path) -> None:
    """Write the index of (language, text) pairs, one a row, into the folder.

    Words are numbered as they come, so that equal texts give equal bytes in any process.
    """
    import bm25s

    vocabulary: dict[str, int] = {}
    rows = [
        [vocabulary.setdefault(token, len(vocabulary)) for token in analyzer(language)(text)]
        for language, text in texts
    ]
    model = bm25s.BM25(k1=1.5, b=0.75, method="lucene")
    model.index((rows, vocabulary), show_progress=False)
    model.save(str(folder), show_progress=False)


class Lexical:
    """BM25 scores of every row for a question; rows are numbered as they were given.

    Reads the arrays that bm25s wrote, scores by term in sparse columns: importing bm25s for these
    few lines would take a fifth of a cold answer's second.
    """

    def __init__(self, folder: Path) -> None:
        self.weights, self.rows, self.columns = (
            np.load(folder / f"{name}.index.npy", mmap_mode="r")
            for name in ("data.csc", "indices.csc", "indptr.csc")
        )
        self.vocabulary = json.loads((folder / "vocab.index.json").read_text(encoding="utf-8"))
        self.size = int(json.loads((folder / "params.index.json").read_text("utf-8"))["num_docs"])

    def span(self, token: str) -> slice:
        """Where the rows that have a stem stand, and its weights in them."""
        column = self.vocabulary.get(token)
        if column is None:
            return slice(0, 0)
        return slice(int(self.columns[column]), int(self.columns[column + 1]))

    def having(self, token: str) -> NDArray[np.int32]:
        """The rows that have a stem."""
        return np.asarray(self.rows[self.span(token)], np.int32)

    def rarity(self, token: str) -> float:
        """How rare a stem is, from 1 in no row to .1 in all: its inverse document frequency."""
        span = self.span(token)
        rows = span.stop - span.start
        return max(0.1, 1 - math.log(1 + rows) / math.log(1 + self.size))

    def scores(self, tokens: Sequence[str]) -> Scores:
        """BM25 of each row, 0 where no token occurs; shape (rows,)."""
        total = np.zeros(self.size, dtype=np.float32)
        for token in tokens:
            span = self.span(token)
            total[self.rows[span]] += self.weights[span]
        return total
