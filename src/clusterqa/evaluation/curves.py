"""Results in, two curves out: what answering more costs, and whether confidence is to be believed.

Coverage and risk: answering only the surest questions, which share is answered and which share of
the answers is wrong. Reliability: confidence in bins, against the share that is right in each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clusterqa.errors import CorpusError, UsageError
from clusterqa.evaluation.extras import extra
from clusterqa.evaluation.figures import BINS, Result, bins_of


@dataclass(frozen=True, slots=True)
class Point:
    """Answering from `confidence` up covers a share of the questions; `risk` of it is wrong."""

    confidence: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Replies of about the same confidence: its mean, the share that is right, how many."""

    confidence: float
    right: float
    n: int


def has_curves(results: Sequence[Result]) -> bool:
    return bool(results) and all(r.confidence is not None and r.sound is not None for r in results)


def coverage_risk(results: Sequence[Result]) -> tuple[Point, ...]:
    """A point for each distinct confidence, the highest first."""
    confidence, sound = columns(results)
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~sound[order])
    lasts = np.flatnonzero(np.append(np.diff(confidence[order]) != 0, True))
    return tuple(
        Point(float(confidence[order][i]), (i + 1) / len(order), float(wrong[i] / (i + 1)))
        for i in lasts.tolist()
    )


def reliability(results: Sequence[Result]) -> tuple[Bin, ...]:
    """The bins that hold any reply, the lowest confidence first."""
    confidence, sound = columns(results)
    bins = bins_of(confidence)
    held = [(confidence[bins == n], sound[bins == n]) for n in range(BINS)]
    return tuple(Bin(float(c.mean()), float(s.mean()), len(c)) for c, s in held if len(c))


def columns(results: Sequence[Result]) -> tuple[Any, Any]:
    """Confidence and whether right, as arrays."""
    if not has_curves(results):
        raise UsageError(
            "curves are drawn from answers of known confidence and rightness; leave out --curves"
        )
    return np.array([r.confidence for r in results]), np.array([r.sound for r in results], bool)


def draw_curves(path: Path, results: Sequence[Result]) -> None:
    """Write both curves to an SVG file, the same bytes for the same results."""
    matplotlib = extra("matplotlib")
    figure = extra("matplotlib.figure").Figure(figsize=(9, 4), layout="constrained")
    extra("matplotlib.backends.backend_svg").FigureCanvasSVG(figure)
    left, right = figure.subplots(1, 2)
    draw_coverage(left, coverage_risk(results))
    draw_reliability(right, reliability(results))
    try:
        with matplotlib.rc_context({"svg.hashsalt": "clusterqa", "svg.fonttype": "none"}):
            figure.savefig(path, format="svg", metadata={"Date": None})
    except OSError as error:
        raise CorpusError(
            f"{path}: the curves cannot be written ({error.strerror}); "
            "name another file with --curves"
        ) from error


def draw_coverage(axes: Any, points: Sequence[Point]) -> None:
    axes.plot([p.coverage for p in points], [p.risk for p in points], drawstyle="steps-post")
    axes.set(xlabel="coverage: share answered", ylabel="risk: share of these wrong")
    axes.set(xlim=(0, 1), ylim=(0, 1), title="Coverage and risk")


def draw_reliability(axes: Any, bins: Sequence[Bin]) -> None:
    axes.plot([0, 1], [0, 1], linestyle=":", color="grey")
    axes.plot([b.confidence for b in bins], [b.right for b in bins], marker="o")
    for found in bins:
        axes.annotate(str(found.n), (found.confidence, found.right), (4, -10),
                      textcoords="offset points", fontsize=8)  # fmt: skip
    axes.set(xlabel="confidence", ylabel="share right")
    axes.set(xlim=(0, 1), ylim=(0, 1), title="Reliability, with the number of questions")
