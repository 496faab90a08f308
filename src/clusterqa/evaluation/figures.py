"""A `Result` a question in, `Figure`s with 95 % intervals out.

Most figures are a ratio of two sums over questions; AUROC and calibration error come from what the
answers say of their confidence. One bootstrap over questions serves them all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Part = tuple[float, float]  # a question's numerator and denominator; (0, 0): not counted
Draw = NDArray[np.int64]  # positions of questions, repeated as drawn
Statistic = Callable[[Draw], float]

RESAMPLES = 1000
SEED = 20261123
BINS = 10  # of confidence, equally wide


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value with its 95 % interval; `n` is what was counted below the line."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one question; `parts` are its shares of each figure.

    `merit` orders two replies to it, higher is better. `sound` says whether a citation is right,
    for a refusal one that it held back; None where that is not known. `ranking` has the ids found
    with their scores, best first, where a ranking is what is measured.
    """

    id: str
    type: str
    parts: dict[str, Part]
    merit: tuple[float, ...]
    answerable: bool = True
    status: str | None = None
    confidence: float | None = None
    sound: bool | None = None
    first_rank: int | None = None
    citations: int = 0
    right: int = 0
    ranking: tuple[tuple[str, float], ...] = ()


def figures_of(results: Sequence[Result]) -> dict[str, Figure]:
    """Each figure over the results; those with nothing to count are left out."""
    names = dict.fromkeys(name for result in results for name in result.parts)
    parts = {name: [r.parts[name] for r in results if name in r.parts] for name in names}
    ratios = {name: ratio(counted) for name, them in parts.items() if (counted := nonzero(them))}
    others = {name: interval(found, len(results)) for name, found in of_confidence(results).items()}
    return ratios | others


def nonzero(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part[1]]


def ratio(parts: Sequence[Part]) -> Figure:
    """Sum of numerators over sum of denominators, with a percentile bootstrap over the parts."""
    table = np.array(parts, dtype=float)
    draws = np.random.default_rng(SEED).integers(len(table), size=(RESAMPLES, len(table)))
    sums = table[draws].sum(axis=1)
    low, high = np.percentile(sums[:, 0] / sums[:, 1], [2.5, 97.5])
    numerator, denominator = table.sum(axis=0)
    return Figure(float(numerator / denominator), float(low), float(high), int(denominator))


def interval(statistic: Statistic, size: int) -> Figure:
    """A statistic over `size` questions with a percentile bootstrap; undefined draws do not count.

    In a resample without one of the two kinds a statistic needs, it is not a number.
    """
    values = [statistic(draw) for draw in draws(size)]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return Figure(statistic(np.arange(size)), float(low), float(high), size)


def draws(size: int) -> Iterator[Draw]:
    """The resamples of `size` questions, the same on every run."""
    generator = np.random.default_rng(SEED)
    return (generator.integers(size, size=size) for _ in range(RESAMPLES))


def statistics(results: Sequence[Result]) -> dict[str, Statistic]:
    """Each figure as a function of which of the results are counted, and how often."""
    names = dict.fromkeys(name for result in results for name in result.parts)
    tables = {name: np.array([r.parts.get(name, (0.0, 0.0)) for r in results]) for name in names}
    return {name: quotient(table) for name, table in tables.items()} | of_confidence(results)


def quotient(table: NDArray[np.float64]) -> Statistic:
    """The ratio of the two columns' sums over the drawn rows."""

    def value(draw: Draw) -> float:
        numerator, denominator = table[draw].sum(axis=0)
        return float(numerator / denominator) if denominator else float("nan")

    return value


def of_confidence(results: Sequence[Result]) -> dict[str, Statistic]:
    """AUROC and calibration error, where every result has what they need."""
    confidence = np.array([np.nan if r.confidence is None else r.confidence for r in results])
    answerable = np.array([r.answerable for r in results], dtype=bool)
    sound = np.array([bool(r.sound) for r in results], dtype=bool)

    def separation(draw: Draw) -> float:
        kinds = answerable[draw]
        found = auroc(confidence[draw][kinds], confidence[draw][~kinds])
        return float("nan") if found is None else found

    def error(draw: Draw) -> float:
        return calibration_error(confidence[draw], sound[draw])

    if not len(results) or np.isnan(confidence).any():
        return {}
    found: dict[str, Statistic] = {}
    if answerable.any() and not answerable.all():
        found["auroc"] = separation
    if all(result.sound is not None for result in results):
        found["calibration_error"] = error
    return found


def auroc(
    positives: Sequence[float] | NDArray[np.float64],
    negatives: Sequence[float] | NDArray[np.float64],
) -> float | None:
    """The chance that a positive scores above a negative, ties counting half; None if one lacks."""
    if not len(positives) or not len(negatives):
        return None
    _, place, counts = np.unique(
        np.concatenate([positives, negatives]), return_inverse=True, return_counts=True
    )
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]  # mean rank of each tie, from 1
    wins = ranks[: len(positives)].sum() - len(positives) * (len(positives) + 1) / 2
    return float(wins / (len(positives) * len(negatives)))


def calibration_error(confidence: NDArray[np.float64], sound: NDArray[np.bool_]) -> float:
    """How far confidence lies from the share that is sound, averaged over bins by their size.

    The expected calibration error of Naeini and others (2015) with equally wide bins.
    """
    gaps = np.bincount(bins_of(confidence), confidence - sound, minlength=BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def bins_of(confidence: NDArray[np.float64]) -> NDArray[np.int64]:
    """The number of the bin that each confidence falls into."""
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)


def figure_lines(group: str, figures: Mapping[str, Figure]) -> Iterator[str]:
    """The figures of a group as lines of a table 60 wide."""
    yield f"{group:<30}{'value':>7}{'95 % interval':>19}{'n':>6}"
    for name, figure in figures.items():
        span = f"{figure.low:.3f} to {figure.high:.3f}"
        yield f"  {name.replace('_', ' '):<28}{figure.value:>7.3f}{span:>19}{figure.n:>6}"


def plain(value: Any) -> Any:
    """The value as JSON has it, floats rounded to 4 places."""
    match value:
        case dict():
            return {name: plain(item) for name, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case float():
            return round(value, 4)
        case date():
            return value.isoformat()
    return value
