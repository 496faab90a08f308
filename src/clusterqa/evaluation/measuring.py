"""A collection and an assistant over its index in, a `Measurement` out: a table or JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from clusterqa.assistant import Assistant
from clusterqa.evaluation.curves import coverage_risk, has_curves, reliability
from clusterqa.evaluation.datasets.collection import Asked, Collection
from clusterqa.evaluation.figures import Figure, Result, figure_lines, figures_of, plain
from clusterqa.evaluation.runs import row


@dataclass(frozen=True, slots=True)
class Measurement:
    """The figures of a collection, over all questions and by type, and the result of each."""

    name: str
    index: str
    groups: dict[str, dict[str, Figure]]
    results: tuple[Result, ...]

    def to_json(self) -> dict[str, Any]:
        """Everything but the rankings as plain JSON values, with the points of the curves."""
        curves: dict[str, Any] = {}
        if has_curves(self.results):
            curves["coverage_risk"] = [asdict(point) for point in coverage_risk(self.results)]
            curves["reliability"] = [asdict(found) for found in reliability(self.results)]
        groups = {
            name: {figure: asdict(value) for figure, value in group.items()}
            for name, group in self.groups.items()
        }
        rows = [row(result) for result in self.results]
        head = {"collection": self.name, "index": self.index, "groups": groups}
        found: dict[str, Any] = plain(head | curves | {"results": rows})
        return found

    def to_table(self) -> str:
        """Plain text: the figures over all questions, then those of each type."""
        lines = [f"{self.name}: {len(self.results)} questions"]
        for name, figures in self.groups.items():
            lines += ["", *figure_lines(name, figures)]
        if has_curves(self.results):
            lines += ["", *curve_lines(self.results)]
        return "\n".join(lines)


def curve_lines(results: Sequence[Result]) -> Iterator[str]:
    """Tenths of coverage with the confidence that reaches them and the risk there."""
    points = coverage_risk(results)
    yield f"{'coverage and risk':<30}{'risk':>7}{'confidence':>19}"
    for tenth in range(1, 11):
        point = next(p for p in points if p.coverage >= tenth / 10 - 1e-9)
        yield f"  {point.coverage:<28.3f}{point.risk:>7.3f}{point.confidence:>19.3f}"


def measure(assistant: Assistant, collection: Collection, asked: Asked) -> Measurement:
    """Put every question of the collection to the assistant and measure what comes back."""
    results = collection.measure(assistant, asked)
    types = list(dict.fromkeys(result.type for result in results))
    groups = {"all": figures_of(results)}
    if len(types) > 1:
        groups |= {kind: figures_of([r for r in results if r.type == kind]) for kind in types}
    return Measurement(collection.name, assistant.index_ref.id, groups, results)
