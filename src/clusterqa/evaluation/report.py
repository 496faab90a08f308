"""An assistant and questions in, a `Report` out: figures with intervals, as a table or as JSON.

`evaluate` asks every question. Every figure is a ratio of two sums over questions.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any, Protocol

from clusterqa.answers import Answer
from clusterqa.evaluation.datasets.questions import Question
from clusterqa.evaluation.figures import Figure, Part, Result, auroc, figure_lines, plain, ratio
from clusterqa.evaluation.judging import Dating, HeldBack, Outcome, outcome_of
from clusterqa.types import Hit, Inquiry, Turn, Work

Measure = Callable[[Outcome], Part]

CUTOFFS = (1, 3, 5, 10, 50)

_LARGE_GROUPS = ("all", "single questions", "turn 1", "turn 2")
_TYPE_COLUMNS = {
    "hit@1": "hit@1",
    "hit@10": "hit@10",
    "answer": "answer_rate",
    "refuse": "abstention_rate",
    "cited": "citation_precision",
    "dated": "as_of_correct_where_cited",
}
_NOTE = (
    "n counts questions; for citation precision citations, for recall gold entries.\n"
    "refuse: abstention rate; cited: citation precision; dated: as of correct where\n"
    "cited; type/2: second turns. The JSON report has every figure and interval."
)


class Respondent(Protocol):
    """What can be evaluated: `clusterqa.assistant.Assistant`, or anything that answers like it."""

    def search(self, inquiry: Inquiry, *, k: int = 10) -> list[Hit]: ...

    def ask(self, inquiry: Inquiry) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by group and name, those with nothing to count left out, and every outcome."""

    today: date
    k: int
    groups: dict[str, dict[str, Figure]]
    auroc: float | None
    outcomes: tuple[Outcome, ...]

    @property
    def results(self) -> tuple[Result, ...]:
        """The outcomes as a run keeps them."""
        return tuple(_result(outcome, self.k) for outcome in self.outcomes)

    def to_json(self) -> dict[str, Any]:
        """The whole report as plain JSON values, numbers rounded to 4 places."""
        return {name: plain(value) for name, value in asdict(self).items()}

    def to_table(self) -> str:
        """Plain text: full figures for the large groups, then one line for each type."""
        auroc = "not defined" if self.auroc is None else f"{self.auroc:.3f}"
        lines = [
            f"{len(self.outcomes)} questions as of {self.today}, {self.k} passages each",
            f"AUROC of confidence, answerable against unanswerable: {auroc}",
        ]
        types = dict(self.groups)
        for group in _LARGE_GROUPS:
            if group in types:
                lines += ["", *figure_lines(group, types.pop(group))]
        return "\n".join([*lines, "", *_type_lines(types), "", _NOTE])


def evaluate(
    assistant: Respondent,
    questions: Sequence[Question],
    works: Sequence[Work],
    *,
    today: date,
    k: int = 50,
    progress: Callable[[int, int], None] | None = None,
    held_back: HeldBack | None = None,
) -> Report:
    """Search and ask each question as of its date, or of `today`, and measure the replies.

    `works` say which texts are law and when each applied; `held_back` gives what a refusal did not
    cite, for judging confidence below the threshold.
    """
    outcomes, dating = list[Outcome](), Dating(works)
    conversations: dict[str, list[Turn]] = {}
    for question in questions:
        as_of = question.as_of or today
        earlier = conversations.setdefault(question.conversation or question.id, [])
        inquiry = Inquiry(question.question, as_of, history=tuple(earlier))
        hits, answer = assistant.search(inquiry, k=k), assistant.ask(inquiry)
        spared = held_back(inquiry) if held_back else None
        outcomes.append(outcome_of(question, as_of, dating, hits[:k], answer, spared))
        earlier.append(Turn(question.question, as_of))
        if progress:
            progress(len(outcomes), len(questions))
    separation = auroc(
        [o.confidence for o in outcomes if o.answerable],
        [o.confidence for o in outcomes if not o.answerable],
    )
    return Report(today, k, _groups(outcomes, k), separation, tuple(outcomes))


def _result(outcome: Outcome, k: int) -> Result:
    parts = {name: measure(outcome) for name, measure in _measures(k).items()}
    good = outcome.right > 0 if outcome.answerable else not outcome.answered
    rank = outcome.first_rank
    return Result(
        id=outcome.question.id,
        type=outcome.question.type,
        parts={name: (float(part[0]), float(part[1])) for name, part in parts.items() if part[1]},
        merit=(float(good), 1 / rank if rank else 0.0),
        answerable=outcome.answerable,
        status=outcome.status,
        confidence=outcome.confidence,
        sound=outcome.sound,
        first_rank=rank,
        citations=outcome.citations,
        right=outcome.right,
    )


def _groups(outcomes: Sequence[Outcome], k: int) -> dict[str, dict[str, Figure]]:
    members: dict[str, list[Outcome]] = {group: [] for group in _LARGE_GROUPS}
    for outcome in outcomes:
        for group in _groups_of(outcome.question):
            members.setdefault(group, []).append(outcome)
    return {group: _figures(them, k) for group, them in members.items() if them}


def _groups_of(question: Question) -> Iterator[str]:
    yield "all"
    yield f"turn {question.turn}" if question.conversation else "single questions"
    yield question.type
    if question.turn > 1:
        yield f"{question.type}/{question.turn}"


def _figures(outcomes: Sequence[Outcome], k: int) -> dict[str, Figure]:
    figures = {}
    for name, measure in _measures(k).items():
        parts = [part for outcome in outcomes if (part := measure(outcome))[1]]
        if parts:
            figures[name] = ratio(parts)
    return figures


def _measures(k: int) -> dict[str, Measure]:
    """Each figure's share of one question: numerator and denominator, (0, 0) if not counted."""
    cutoffs = [c for c in CUTOFFS if c <= k]
    return {
        **{f"hit@{c}": partial(_hit, cutoff=c) for c in cutoffs},
        **{f"full_hit@{c}": partial(_full_hit, cutoff=c) for c in cutoffs},
        **({"mrr@10": _reciprocal_rank} if k >= 10 else {}),
        "answer_rate": lambda o: (o.answerable and o.answered, o.answerable),
        "abstention_rate": lambda o: (not (o.answerable or o.answered), not o.answerable),
        "citation_precision": lambda o: (o.right, o.answerable * o.citations),
        "citation_precision_article": lambda o: (o.right_article, o.answerable * o.citations),
        "citation_recall": lambda o: (o.gold_cited, len(o.gold_ranks)),
        "citation_recall_article": lambda o: (o.gold_cited_article, len(o.gold_ranks)),
        "rightly_cited_answers": lambda o: (o.right > 0, o.answerable and o.answered),
        "as_of_correct": lambda o: (o.dated == o.dated_right, o.legal),
        "as_of_correct_where_cited": lambda o: (o.dated == o.dated_right, o.legal and o.dated > 0),
    }


def _hit(outcome: Outcome, *, cutoff: int) -> Part:
    return _within(outcome.first_rank, cutoff), outcome.answerable


def _full_hit(outcome: Outcome, *, cutoff: int) -> Part:
    return all(_within(rank, cutoff) for rank in outcome.gold_ranks), outcome.answerable


def _reciprocal_rank(outcome: Outcome) -> Part:
    rank = outcome.first_rank
    return (1 / rank if rank is not None and rank <= 10 else 0.0), outcome.answerable


def _within(rank: int | None, cutoff: int) -> bool:
    return rank is not None and rank <= cutoff


def _type_lines(groups: Mapping[str, Mapping[str, Figure]]) -> Iterator[str]:
    width = max(map(len, groups), default=0) + 1
    yield f"{'by type':<{width}}{'n':>4}" + "".join(f"{head:>7}" for head in _TYPE_COLUMNS)
    for group, figures in groups.items():
        counts = [figures[name].n for name in ("answer_rate", "abstention_rate") if name in figures]
        yield f"{group:<{width}}{sum(counts):>4}" + "".join(
            f"{figures[name].value:>7.3f}" if name in figures else f"{'-':>7}"
            for name in _TYPE_COLUMNS.values()
        )
