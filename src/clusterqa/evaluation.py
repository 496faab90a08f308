"""Question sets in, measured figures out: what is found, cited, refused and rightly dated.

`read_questions` reads JSON Lines, `evaluate` asks every question and returns a `Report`. Every
figure is a ratio of two sums over questions, so one bootstrap over questions serves them all.
Right means: the text of the same document contains the judged quote, or its label matches. Answer
text, obeyed injections and quotes cut by a passage boundary need a reader and are not judged here.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from clusterqa.errors import CorpusError
from clusterqa.types import Answer, Citation, Hit, Turn

Measure = Callable[["Outcome"], tuple[float, float]]

CUTOFFS = (1, 3, 5, 10, 50)
RESAMPLES = 1000
SEED = 20261123
NOT_LAW = frozenset({"cluster-definitions"})

# The block exemption version to cite on a date, as the question sets judge it. In the gaps another
# consolidation applied, for which there are no judgements, so citations are not judged either.
IN_FORCE = (
    ("32008R0800", date(2008, 8, 29), date(2014, 6, 30)),
    ("32014R0651", date(2014, 7, 1), date(2017, 7, 9)),
    ("02014R0651-20170710", date(2017, 7, 10), date(2020, 7, 26)),
    ("02014R0651-20210801", date(2021, 8, 1), date(2023, 5, 24)),
    ("02014R0651-20230701", date(2023, 7, 1), date.max),
)
_VERSIONED = re.compile(r"[03](2008R0800|2014R0651|2023R1315)(-\d{8})?")
_LASTING_RECITALS = frozenset({"32014R0651", "32023R1315"})  # consolidations carry no recitals

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

_SPACE = re.compile("[\\s\u200b\u2060\ufeff]+")
_LABEL_NOISE = re.compile(r"\b(?:point|paragraph)\b|,")
_ARTICLE = re.compile(r"(?:\b(annex\s*\w+)\W+)?\b(article)\s*(\d+[a-z]*)")
_RECITAL = re.compile(r"\b(recital)\s*\(?(\d+)")


class Respondent(Protocol):
    """What can be evaluated: `clusterqa.assistant.Assistant`, or anything that answers like it."""

    def search(
        self, question: str, *, as_of: date | None = None, history: Sequence[Turn] = (), k: int = 10
    ) -> list[Hit]: ...

    def ask(
        self, question: str, *, as_of: date | None = None, history: Sequence[Turn] = ()
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Gold:
    """A judged passage: a quote that occurs in `doc` only under `label`."""

    doc: str
    label: str
    quote: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question or turn; `as_of` None means the day of the evaluation."""

    id: str
    question: str
    as_of: date | None
    type: str
    answerable: bool
    gold: tuple[Gold, ...]
    alternatives: tuple[Gold, ...]
    conversation: str | None = None
    turn: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question. Ranks count from 1; None: not among the passages returned.

    `right` and `gold_cited` go by label, their twins by article. `dated` counts citations of
    version-dependent acts, `dated_right` those in force on `as_of`. `missed` names the citations
    that are not right, for reading: the judgements are not exhaustive.
    """

    question: Question
    as_of: date
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

    @property
    def answerable(self) -> bool:
        return self.question.answerable

    @property
    def answered(self) -> bool:
        return self.status != "no_answer"

    @property
    def legal(self) -> bool:
        return any(gold.doc not in NOT_LAW for gold in self.question.gold)


@dataclass(frozen=True, slots=True)
class Figure:
    """A ratio in [0, 1] with its 95 % interval; `n` is what was counted below the line."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by group and name, those with nothing to count left out, and every outcome."""

    today: date
    k: int
    groups: dict[str, dict[str, Figure]]
    auroc: float | None
    outcomes: tuple[Outcome, ...]

    def to_json(self) -> dict[str, Any]:
        """The whole report as plain JSON values, numbers rounded to 4 places."""
        return {name: _plain(value) for name, value in asdict(self).items()}

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
                lines += ["", *_block(group, types.pop(group))]
        return "\n".join([*lines, "", *_type_lines(types), "", _NOTE])


def read_questions(folder: Path) -> tuple[Question, ...]:
    """Every question and turn of the `*answerable`, `*unanswerable` and `*followup` files."""
    names = ("answerable.jsonl", "followup.jsonl")  # the first ending covers unanswerable too
    paths = sorted(path for path in folder.glob("*.jsonl") if path.name.endswith(names))
    questions: dict[str, Question] = {}
    for path in paths:
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            try:
                for question in _line_questions(line):
                    if question.id in questions:
                        raise ValueError(f"id {question.id} occurs twice")
                    questions[question.id] = question
            except ValueError as error:
                raise CorpusError(f"{path}, line {number}: {error}; correct the line") from error
    if not questions:
        raise CorpusError(
            f"{folder}: no questions; name a folder that holds *answerable.jsonl, "
            "*unanswerable.jsonl or *followup.jsonl, one JSON object per line"
        )
    return tuple(questions.values())


def normalise(text: str) -> str:
    """The text with every run of white or zero-width space as one space, trimmed.

    Markup and amendment markers are gone since the document was parsed.
    """
    return _SPACE.sub(" ", text).strip()


def label_key(label: str) -> str:
    """The label in lower case without spaces, commas and the words "point" and "paragraph"."""
    return _SPACE.sub("", _LABEL_NOISE.sub("", label.lower()))


def article_key(label: str) -> str:
    """The label's article with its annex, or its recital; other labels as in `label_key`."""
    match = _ARTICLE.search(label.lower()) or _RECITAL.search(label.lower())
    return label_key("".join(filter(None, match.groups()))) if match else label_key(label)


def evaluate(
    assistant: Respondent,
    questions: Sequence[Question],
    *,
    today: date,
    k: int = 50,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Search and ask each question as of its date, or of `today`, and measure the replies."""
    outcomes: list[Outcome] = []
    conversations: dict[str, list[Turn]] = {}
    for question in questions:
        as_of = question.as_of or today
        earlier = conversations.setdefault(question.conversation or question.id, [])
        hits = assistant.search(question.question, as_of=as_of, history=tuple(earlier), k=k)
        answer = assistant.ask(question.question, as_of=as_of, history=tuple(earlier))
        outcomes.append(_outcome(question, as_of, hits[:k], answer))
        earlier.append(Turn(question.question, as_of))
        if progress:
            progress(len(outcomes), len(questions))
    separation = auroc(
        [o.confidence for o in outcomes if o.answerable],
        [o.confidence for o in outcomes if not o.answerable],
    )
    return Report(today, k, _groups(outcomes, k), separation, tuple(outcomes))


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """The chance that a positive scores above a negative, ties counting half; None if one lacks."""
    if not positives or not negatives:
        return None
    _, place, counts = np.unique(
        np.array([*positives, *negatives]), return_inverse=True, return_counts=True
    )
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]  # mean rank of each tie, from 1
    wins = ranks[: len(positives)].sum() - len(positives) * (len(positives) + 1) / 2
    return float(wins / (len(positives) * len(negatives)))


def ratio(parts: Sequence[tuple[float, float]]) -> Figure:
    """Sum of numerators over sum of denominators, with a percentile bootstrap over the parts."""
    table = np.array(parts, dtype=float)
    draws = np.random.default_rng(SEED).integers(len(table), size=(RESAMPLES, len(table)))
    sums = table[draws].sum(axis=1)
    low, high = np.percentile(sums[:, 0] / sums[:, 1], [2.5, 97.5])
    numerator, denominator = table.sum(axis=0)
    return Figure(float(numerator / denominator), float(low), float(high), int(denominator))


def _line_questions(line: bytes) -> Iterator[Question]:
    if not line.strip():
        return
    entry = json.loads(line)
    name, kind = _value(entry, "id", str), _value(entry, "type", str)
    if "turns" not in entry:
        yield _question(entry, name, kind)
        return
    for number, turn in enumerate(_value(entry, "turns", list), 1):
        yield _question(turn, f"{name}.{number}", kind, name, number)


def _question(
    entry: object, name: str, kind: str, conversation: str | None = None, turn: int = 1
) -> Question:
    as_of = _value(entry, "as_of", str | None)
    answerable = _value(entry, "answerable", bool)
    gold = tuple(map(_gold, _value(entry, "gold", list)))
    if answerable != bool(gold):
        raise ValueError("gold is for answerable questions, at least one entry for each")
    return Question(
        id=name,
        question=_value(entry, "question", str),
        as_of=date.fromisoformat(as_of) if as_of is not None else None,
        type=kind,
        answerable=answerable,
        gold=gold,
        alternatives=tuple(map(_gold, _value(entry, "alternatives", list))),
        conversation=conversation,
        turn=turn,
    )


def _gold(entry: object) -> Gold:
    gold = Gold(*(_value(entry, name, str) for name in ("doc", "label", "quote")))
    if not (gold.doc and gold.label and normalise(gold.quote)):
        raise ValueError("doc, label and quote may not be empty")
    return gold


def _value(entry: object, name: str, kind: Any) -> Any:
    if not isinstance(entry, dict):
        raise ValueError(f"expected an object, not {entry!r}")
    if name not in entry or not isinstance(entry[name], kind):
        raise ValueError(f"{name} is missing or of the wrong type")
    return entry[name]


def _outcome(question: Question, as_of: date, hits: Sequence[Hit], answer: Answer) -> Outcome:
    golds = (*question.gold, *question.alternatives)
    texts = {hit.passage.id: hit.passage.text for hit in hits}
    cited = answer.citations if answer.status != "no_answer" else ()
    exact = [[_supports(c, gold, texts, label_key) for gold in golds] for c in cited]
    article = [[_supports(c, gold, texts, article_key) for gold in golds] for c in cited]
    dated = [v for c in cited if (v := _rightly_dated(c, question.as_of, as_of)) is not None]
    missed = [c for c, row in zip(cited, exact, strict=True) if not any(row)]
    return Outcome(
        question=question,
        as_of=as_of,
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
    )


def _rank(hits: Sequence[Hit], golds: Sequence[Gold]) -> int | None:
    """The rank of the first passage that holds a quote of `golds`, from 1."""
    for rank, hit in enumerate(hits, 1):
        if any(_holds(hit.passage.source, hit.passage.text, gold) for gold in golds):
            return rank
    return None


def _holds(doc: str, text: str, gold: Gold) -> bool:
    return doc == gold.doc and normalise(gold.quote) in normalise(text)


def _supports(
    citation: Citation, gold: Gold, texts: Mapping[str, str], key: Callable[[str], str]
) -> bool:
    doc = citation.document.id
    same_label = doc == gold.doc and key(citation.locator.label) == key(gold.label)
    text = texts.get(citation.passage_id, citation.quote.exact)
    return same_label or _holds(doc, text, gold)


def _covered(support: Sequence[Sequence[bool]], count: int) -> int:
    """How many of the first `count` entries some citation supports."""
    return sum(any(row[entry] for row in support) for entry in range(count))


def _rightly_dated(citation: Citation, asked: date | None, as_of: date) -> bool | None:
    """Whether the cited version applied on `as_of`; None where there is nothing to judge."""
    doc = citation.document.id
    in_force = [version for version, first, last in IN_FORCE if first <= as_of <= last]
    if not _VERSIONED.fullmatch(doc) or not in_force:
        return None
    is_recital = article_key(citation.locator.label).startswith("recital")
    if asked is None and doc in _LASTING_RECITALS and is_recital:
        return None
    return doc in in_force


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


def _hit(outcome: Outcome, *, cutoff: int) -> tuple[float, float]:
    return _within(outcome.first_rank, cutoff), outcome.answerable


def _full_hit(outcome: Outcome, *, cutoff: int) -> tuple[float, float]:
    return all(_within(rank, cutoff) for rank in outcome.gold_ranks), outcome.answerable


def _reciprocal_rank(outcome: Outcome) -> tuple[float, float]:
    rank = outcome.first_rank
    return (1 / rank if rank is not None and rank <= 10 else 0.0), outcome.answerable


def _within(rank: int | None, cutoff: int) -> bool:
    return rank is not None and rank <= cutoff


def _plain(value: Any) -> Any:
    """The value as JSON has it, floats rounded to 4 places."""
    match value:
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case float():
            return round(value, 4)
        case date():
            return value.isoformat()
    return value


def _block(group: str, figures: Mapping[str, Figure]) -> Iterator[str]:
    yield f"{group:<30}{'value':>7}{'95 % interval':>19}{'n':>6}"
    for name, figure in figures.items():
        interval = f"{figure.low:.3f} to {figure.high:.3f}"
        yield f"  {name.replace('_', ' '):<28}{figure.value:>7.3f}{interval:>19}{figure.n:>6}"


def _type_lines(groups: Mapping[str, Mapping[str, Figure]]) -> Iterator[str]:
    width = max(map(len, groups), default=0) + 1
    yield f"{'by type':<{width}}{'n':>4}" + "".join(f"{head:>7}" for head in _TYPE_COLUMNS)
    for group, figures in groups.items():
        counts = [figures[name].n for name in ("answer_rate", "abstention_rate") if name in figures]
        yield f"{group:<{width}}{sum(counts):>4}" + "".join(
            f"{figures[name].value:>7.3f}" if name in figures else f"{'-':>7}"
            for name in _TYPE_COLUMNS.values()
        )
