"""Passages that an encoder confuses with each other: what training tells apart next.

A passage is confused with those of the same text that its questions find best, by the dense view.
Near copies of it are left out, and so are passages that answer one of these questions too.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np

from clusterqa.index.encoders import Vectors

MOST = 8  # passages that one is confused with
ASKED = 3  # questions of a passage that say what it is confused with
COPY = 0.9  # share of words in common from which two passages say the same


class Miner(Protocol):
    """What mining needs of an encoder."""

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None]) -> Vectors: ...

    def encode_queries(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]: ...


def confused(
    encoder: Miner,
    rows: Sequence[str],
    texts: Sequence[str],
    questions: Mapping[str, Sequence[str]],
    answering: Mapping[str, set[str]],
) -> dict[str, list[str]]:
    """For each row those that its questions confuse it with, the most confused first.

    `texts` names the text that each row is of; `questions` are those that a row answers,
    `answering` the rows that answer a question.
    """
    vectors = encoder.encode_passages(rows, lambda _: None)
    of_text: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        of_text[text].append(number)
    words = [set(re.findall(r"\w+", row.casefold())) for row in rows]
    asked = {row: list(questions.get(row, ()))[:ASKED] for row in rows}
    every = list(dict.fromkeys(itertools.chain.from_iterable(asked.values())))
    encoded = dict(zip(every, encoder.encode_queries(every)[0], strict=True))
    found: dict[str, list[str]] = {}
    for numbers in of_text.values():
        for number in numbers:
            mine = asked[rows[number]]
            if not mine:
                continue
            scores = (np.stack([encoded[q] for q in mine]) @ vectors[numbers].T).max(0)
            right = set().union(*(answering[question] for question in mine))
            others = (numbers[i] for i in np.argsort(-scores)[: 3 * MOST])
            found[rows[number]] = [
                rows[other]
                for other in others
                if rows[other] not in right and in_common(words[other], words[number]) < COPY
            ][:MOST]
    return found


def in_common(first: set[str], second: set[str]) -> float:
    """The share of words that two texts have in common, in [0, 1] (Jaccard)."""
    return len(first & second) / max(1, len(first | second))
