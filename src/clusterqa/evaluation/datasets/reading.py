"""Reading questions in, a `Collection` out that is asked as users ask: found, cited, refused.

The paragraphs of all questions are the texts. A citation is right when its quote is evidence: holds
a given answer (SQuAD), or shares words with a sentence that the answer rests on (CLAPnq).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from clusterqa.assistant import Assistant
from clusterqa.evaluation.datasets.collection import Asked, Collection, Entry, document_of, work_of
from clusterqa.evaluation.datasets.json_entries import located
from clusterqa.evaluation.figures import Part, Result
from clusterqa.evaluation.judging import held_back
from clusterqa.types import Inquiry

CUTOFFS = (1, 5, 10)
Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of a paragraph that answers; `whole`: it must be quoted whole, not just in part."""

    start: int
    end: int
    whole: bool

    def is_in(self, start: int, end: int) -> bool:
        if self.whole:
            return start <= self.start and self.end <= end
        return start < self.end and self.start < end


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its paragraph and the evidence in it; none if it cannot be answered."""

    id: str
    type: str
    text: str
    title: str
    paragraph: str
    evidence: tuple[Evidence, ...]


Cases = Callable[[Path], Iterator[Case]]


def read_reading(folder: Path, name: str, *, titles: bool, cases: Cases) -> Collection:
    """The collection of all paragraphs; raises `CorpusError` for what cannot be used."""
    asked: dict[str, Case] = {}
    for case in cases(folder):
        with located(f"{folder}, {case.type}"):
            if case.id in asked:
                raise ValueError(f"id {case.id} occurs twice")
        asked[case.id] = case
    entries = paragraphs(asked.values(), titles=titles)
    document, starts = document_of(name, entries.values())
    placed = [
        (case, shifted(case.evidence, starts[entries[case.title, case.paragraph].id]))
        for case in asked.values()
    ]
    return Collection(
        name,
        (work_of(name),),
        (document,),
        measure=partial(measure_reading, placed=placed),
        answers=True,
    )


def paragraphs(cases: Iterable[Case], *, titles: bool) -> dict[tuple[str, str], Entry]:
    """An entry for each distinct paragraph with its title."""
    found: dict[tuple[str, str], Entry] = {}
    for case in cases:
        key = case.title, case.paragraph
        label = f"{case.title}, paragraph {len(found) + 1}"
        found.setdefault(key, Entry(label, case.title if titles else "", case.paragraph))
    return found


def shifted(evidence: Sequence[Evidence], start: int) -> list[Evidence]:
    """The evidence, counted in the document in which its paragraph begins at `start`."""
    return [Evidence(e.start + start, e.end + start, e.whole) for e in evidence]


def measure_reading(
    assistant: Assistant, asked: Asked, *, placed: Sequence[tuple[Case, Sequence[Evidence]]]
) -> tuple[Result, ...]:
    """The result of each question."""
    found = []
    for case, evidence in placed:
        found.append(reading_result(assistant, case, evidence))
        asked(len(found), len(placed))
    return tuple(found)


def reading_result(assistant: Assistant, case: Case, evidence: Sequence[Evidence]) -> Result:
    inquiry = Inquiry(case.text, assistant.today)
    hits, answer = assistant.search(inquiry, k=max(CUTOFFS)), assistant.ask(inquiry)
    answered = answer.status != "no_answer"
    cited = answer.citations or held_back(assistant, inquiry)
    quotes = [citation.quote for citation in cited]
    sound = [is_evidence((quote.start, quote.end), evidence) for quote in quotes]
    passages = [hit.passage for hit in hits]
    ranks = [n for n, p in enumerate(passages, 1) if is_evidence((p.start, p.end), evidence)]
    rank, right = (ranks[0] if ranks else None), sum(sound) if answered else 0
    return Result(
        id=case.id,
        type=case.type,
        parts=parts(bool(evidence), rank, answered, right, len(quotes)),
        merit=(float(right > 0 if evidence else not answered), 1 / rank if rank else 0.0),
        answerable=bool(evidence),
        status=answer.status,
        confidence=answer.confidence,
        sound=any(sound),
        first_rank=rank,
        citations=len(quotes) if answered else 0,
        right=right,
    )


def is_evidence(stretch: Stretch, evidence: Sequence[Evidence]) -> bool:
    return any(piece.is_in(*stretch) for piece in evidence)


def parts(
    answerable: bool, rank: int | None, answered: bool, right: int, quotes: int
) -> dict[str, Part]:
    """The question's share of each figure that it counts for."""
    if not answerable:
        return {"abstention_rate": (float(not answered), 1.0)}
    found = {f"hit@{k}": (float(rank is not None and rank <= k), 1.0) for k in CUTOFFS}
    found |= {"answer_rate": (float(answered), 1.0), "right_answer_rate": (float(right > 0), 1.0)}
    if answered:
        found["citation_precision"] = (float(right), float(quotes))
        found["rightly_cited_answers"] = (float(right > 0), 1.0)
    return found
