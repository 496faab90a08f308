"""A question, its hits and its answer in, an `Outcome` out: found, cited, refused, rightly dated.

Right means: the text of the same document contains the judged quote, or its label matches. Answer
text, obeyed injections and quotes cut by a passage boundary need a reader and are not judged here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from clusterqa import answering
from clusterqa.answers import Answer, Citation
from clusterqa.assistant import Assistant
from clusterqa.corpus.manifest import versions_in_force
from clusterqa.evaluation.datasets.questions import Gold, Question, normalise
from clusterqa.provisions import label_key
from clusterqa.types import Hit, Inquiry, Work

_ARTICLE = re.compile(r"(?:\b(annex\s*\w+)\W+)?\b(article)\s*(\d+[a-z]*)")
_RECITAL = re.compile(r"\b(recital)\s*\(?(\d+)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question. Ranks count from 1; None: not among the passages returned.

    `legal` says that the law has the answer, not a guide or a page.
    `right` and `gold_cited` go by label, their twins by article. `dated` counts citations of
    version-dependent acts, `dated_right` those in force on `as_of`. `missed` names the citations
    that are not right, for reading: the judgements are not exhaustive. `sound` says whether a
    citation is right, for a refusal one that it held back; None where that is not known.
    """

    question: Question
    as_of: date
    legal: bool
    status: str
    confidence: float
    first_rank: int | None
    gold_ranks: tuple[int | None, ...]
    citations: int
    right: int
    right_article: int
    gold_cited: int
    gold_cited_article: int
    dated: int
    dated_right: int
    missed: tuple[str, ...]
    sound: bool | None = None

    @property
    def answerable(self) -> bool:
        return self.question.answerable

    @property
    def answered(self) -> bool:
        return self.status != "no_answer"


class Dating:
    """The works of the manifest, asked whether a citation is of the text of its day."""

    def __init__(self, works: Sequence[Work]) -> None:
        self.sources = {s.id: (work, s) for work in works for s in work.sources}
        followed = {work.superseded_by for work in works}
        amended = {name for work in works for name in work.amends}
        self.changing = {
            work.id for work in works
            if work.superseded_by or work.amends or work.id in followed | amended
        }  # fmt: skip

    def is_law(self, doc: str) -> bool:
        """Whether a document is law; one that no work has is taken for it."""
        found = self.sources.get(doc)
        return found is None or found[0].kind in ("law", "soft_law")

    def rightly(self, citation: Citation, asked: date | None, as_of: date) -> bool | None:
        """Whether it is of the version that applied on `as_of`; None where that is not judged.

        Judged are works that are amended or superseded, and acts that amend: of these the amended
        text is to be cited. Recitals are not, in a question of no day: consolidations have none.
        """
        work, source = self.sources.get(citation.document.id, (None, None))
        if work is None or source is None or work.id not in self.changing:
            return None
        is_recital = article_key(citation.locator.label).startswith("recital")
        if asked is None and is_recital and not work.superseded_by:
            return None
        in_force = versions_in_force(work, as_of=as_of)[work.id]
        return not work.amends and source in in_force


def outcome_of(
    question: Question,
    as_of: date,
    dating: Dating,
    hits: Sequence[Hit],
    answer: Answer,
    held_back: Sequence[Citation] | None = None,
) -> Outcome:
    """What became of the question, given what was found for it and what was answered.

    `held_back` are the citations that a refusal had, if that is known.
    """
    golds = (*question.gold, *question.alternatives)
    texts = {hit.passage.id: hit.passage.text for hit in hits}
    cited = answer.citations if answer.status != "no_answer" else ()
    exact = [[_supports(c, gold, texts, label_key) for gold in golds] for c in cited]
    article = [[_supports(c, gold, texts, article_key) for gold in golds] for c in cited]
    dated = [v for c in cited if (v := dating.rightly(c, question.as_of, as_of)) is not None]
    missed = [c for c, row in zip(cited, exact, strict=True) if not any(row)]
    return Outcome(
        question=question,
        as_of=as_of,
        legal=any(dating.is_law(gold.doc) for gold in question.gold),
        status=answer.status,
        confidence=answer.confidence,
        first_rank=_rank(hits, golds),
        gold_ranks=tuple(_rank(hits, [gold]) for gold in question.gold),
        citations=len(cited),
        right=sum(map(any, exact)),
        right_article=sum(map(any, article)),
        gold_cited=_covered(exact, len(question.gold)),
        gold_cited_article=_covered(article, len(question.gold)),
        dated=len(dated),
        dated_right=sum(dated),
        missed=tuple(f"{c.document.id} {c.locator.label}" for c in missed),
        sound=_sound(cited or held_back, golds, texts),
    )


HeldBack = Callable[[Inquiry], Sequence[Citation]]


def held_back(assistant: Assistant, inquiry: Inquiry) -> tuple[Citation, ...]:
    """What a question would have been answered with, had the assistant been sure enough."""
    query = assistant.query(inquiry)
    readings = assistant.readings(query)
    return answering.quoted(assistant.library, readings, query).citations if readings else ()


def article_key(label: str) -> str:
    """The label's article with its annex, or its recital; other labels as in `label_key`."""
    match = _ARTICLE.search(label.lower()) or _RECITAL.search(label.lower())
    return label_key("".join(filter(None, match.groups()))) if match else label_key(label)


def _rank(hits: Sequence[Hit], golds: Sequence[Gold]) -> int | None:
    """The rank of the first passage that holds a quote of `golds`, from 1."""
    for rank, hit in enumerate(hits, 1):
        if any(is_right(hit, gold) for gold in golds):
            return rank
    return None


def is_right(hit: Hit, gold: Gold) -> bool:
    """Whether a passage holds a judged quote or, in another language, has its label."""
    passage = hit.passage
    if _translates(passage.source, gold):
        return label_key(passage.label) == label_key(gold.label)
    return _holds(passage.source, passage.text, gold)


def _translates(doc: str, gold: Gold) -> bool:
    """Whether a document is the judged one in another language: "32023R2831.fr"."""
    return doc.startswith(f"{gold.doc}.")


def _holds(doc: str, text: str, gold: Gold) -> bool:
    return doc == gold.doc and normalise(gold.quote) in normalise(text)


def _supports(
    citation: Citation, gold: Gold, texts: Mapping[str, str], key: Callable[[str], str]
) -> bool:
    doc = citation.document.id
    same_text = doc == gold.doc or _translates(doc, gold)
    same_label = same_text and key(citation.locator.label) == key(gold.label)
    text = texts.get(citation.passage_id, citation.quote.exact)
    return same_label or _holds(doc, text, gold) or _holds(doc, citation.quote.exact, gold)


def _sound(
    citations: Sequence[Citation] | None, golds: Sequence[Gold], texts: Mapping[str, str]
) -> bool | None:
    """Whether any of the citations is right; None if they are not known."""
    if citations is None:
        return None
    return any(_supports(c, gold, texts, label_key) for c in citations for gold in golds)


def _covered(support: Sequence[Sequence[bool]], count: int) -> int:
    """How many of the first `count` entries some citation supports."""
    return sum(any(row[entry] for row in support) for entry in range(count))
