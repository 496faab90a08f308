"""Results kept in a file, read again and compared question by question.

Rankings are kept as a TREC run, which other programs read; everything else as JSON lines.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clusterqa.errors import CorpusError
from clusterqa.evaluation.datasets.json_entries import json_lines
from clusterqa.evaluation.figures import Draw, Result, draws, plain, statistics

LISTED = 20  # changed questions of a kind in the table; the JSON has them all


@dataclass(frozen=True, slots=True)
class RunDifference:
    """A figure now less what it was, with the 95 % interval of the paired bootstrap."""

    before: float
    now: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """A question whose reply has become better or worse, and what differs."""

    id: str
    type: str
    what: str


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Two sets of results on the questions that both have."""

    questions: int
    only_before: int
    only_now: int
    differences: dict[str, RunDifference]
    better: tuple[OutcomeChange, ...]
    worse: tuple[OutcomeChange, ...]

    def to_json(self) -> dict[str, Any]:
        """The whole comparison as plain JSON values, numbers rounded to 4 places."""
        return {name: plain(value) for name, value in asdict(self).items()}

    def to_table(self) -> str:
        """Plain text: each figure's difference, then the questions that have changed."""
        lines = [
            f"compared on {self.questions} questions; only before: {self.only_before}, "
            f"only now: {self.only_now}",
            f"{'':<28}{'before':>7}{'now':>7}{'change':>8}{'95 % interval':>19}",
        ]
        for name, d in self.differences.items():
            span = f"{d.low:+.3f} to {d.high:+.3f}"
            label = name.replace("_", " ")
            lines.append(f"  {label:<26}{d.before:>7.3f}{d.now:>7.3f}{d.value:>+8.3f}{span:>19}")
        return "\n".join([*lines, *listed("better", self.better), *listed("worse", self.worse)])


def listed(name: str, changes: Sequence[OutcomeChange]) -> Iterator[str]:
    yield f"{name}: {len(changes)}"
    for change in changes[:LISTED]:
        yield f"  {change.id} ({change.type}): {change.what}"
    if len(changes) > LISTED:
        yield f"  and {len(changes) - LISTED} more; --json has them all"


def save_run(path: Path, results: Sequence[Result]) -> None:
    """Write the results where `--compare` can read them; raises `CorpusError` if that fails."""
    lines = trec_lines(results) if any(r.ranking for r in results) else json_rows(results)
    try:
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as error:
        raise CorpusError(
            f"{path}: the run cannot be written ({error.strerror}); name another file with --run"
        ) from error


def trec_lines(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        for rank, (entry, score) in enumerate(result.ranking, 1):
            yield f"{result.id} Q0 {entry} {rank} {score} clusterqa"


def json_rows(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        yield json.dumps(row(result), ensure_ascii=False)


def row(result: Result) -> dict[str, Any]:
    """A result as JSON has it, without its ranking."""
    return {name: value for name, value in asdict(result).items() if name != "ranking"}


def read_results(path: Path) -> tuple[Result, ...]:
    """The results in a run of JSON lines; raises `CorpusError` for a line that is none."""
    results = (result for _, result in json_lines(path, Result))
    return tuple({result.id: result for result in results}.values())


def compare(before: Sequence[Result], now: Sequence[Result]) -> RunComparison:
    """How the results differ; raises `CorpusError` if they have no question in common."""
    earlier = {result.id: result for result in before}
    pairs = [(earlier[result.id], result) for result in now if result.id in earlier]
    if not pairs:
        raise CorpusError(
            "the two runs have no question in common; compare runs of the same questions"
        )
    changes = [(a, b, OutcomeChange(b.id, b.type, difference(a, b))) for a, b in pairs]
    return RunComparison(
        questions=len(pairs),
        only_before=len(before) - len(pairs),
        only_now=len(now) - len(pairs),
        differences=differences([a for a, _ in pairs], [b for _, b in pairs]),
        better=tuple(change for a, b, change in changes if b.merit > a.merit),
        worse=tuple(change for a, b, change in changes if b.merit < a.merit),
    )


def differences(before: Sequence[Result], now: Sequence[Result]) -> dict[str, RunDifference]:
    """Each figure's difference where both have it; questions are drawn in pairs."""
    first, second = statistics(before), statistics(now)
    everything: Draw = np.arange(len(now))
    found = {}
    for name in (name for name in second if name in first):
        drawn = [second[name](draw) - first[name](draw) for draw in draws(len(now))]
        was, has = first[name](everything), second[name](everything)
        if not np.isnan(drawn).all():
            low, high = np.nanpercentile(drawn, [2.5, 97.5])
            found[name] = RunDifference(was, has, has - was, float(low), float(high))
    return found


def difference(before: Result, now: Result) -> str:
    """What a reader wants to know of two replies to a question."""
    was, has = facts(before), facts(now)
    changed = [f"{name} {was[name]} → {has[name]}" for name in has if was[name] != has[name]]
    return "; ".join(changed).strip()


def facts(result: Result) -> dict[str, str]:
    merit = " ".join(f"{value:.3f}" for value in result.merit)
    rank = {"first right at": str(result.first_rank or "-")}
    if result.status is None:
        return rank | {"merit": merit}
    return {"": result.status} | rank | {"citations right": f"{result.right}/{result.citations}"}
