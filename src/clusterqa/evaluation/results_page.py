"""Saved runs of question sets in, a table of their figures out, between two lines of a page.

One row a set, which is called as its run's file is. The rest of the page is left as it is.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from clusterqa.errors import CorpusError, UsageError
from clusterqa.evaluation.figures import Figure, Result, figures_of
from clusterqa.evaluation.runs import read_results

BEGIN, END = "<!-- figures: clusterqa eval --write -->", "<!-- end of figures -->"
COLUMNS = {
    "hit@1": "hit@1", "hit@5": "hit@5", "hit@10": "hit@10", "hit@50": "hit@50", "MRR@10": "mrr@10",
    "answered": "answer_rate", "refused": "abstention_rate",
    "citation precision": "citation_precision", "by article": "citation_precision_article",
    "citation recall": "citation_recall", "rightly cited": "rightly_cited_answers",
    "of the date": "as_of_correct_where_cited", "AUROC": "auroc",
}  # fmt: skip
HEAD = ("set", "questions", *COLUMNS)


def write_figures(page: Path, runs: Sequence[Path]) -> None:
    """Put the figures of saved runs in place of the table in a page, one row a run.

    Raises `UsageError` for a page without the two lines that the table stands between.
    """
    sets = [(run.stem.replace("_", " "), read_results(run)) for run in runs]
    try:
        before, begin, rest = page.read_text("utf-8").partition(BEGIN)
        _, end, after = rest.partition(END)
        if not (begin and end):
            raise UsageError(f"{page}: no place for figures; write there: {BEGIN} and {END}")
        page.write_text(f"{before}{begin}\n{table(sets)}\n{end}{after}", "utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{page}: {error}; name a page of text with --write") from error


def table(sets: Iterable[tuple[str, Sequence[Result]]]) -> str:
    """The figures of each named set as a table in Markdown, with their 95 % intervals."""
    rows = [HEAD, ("---",) * len(HEAD), *(cells(name, results) for name, results in sets)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def cells(name: str, results: Sequence[Result]) -> tuple[str, ...]:
    """A set's row, as `HEAD` has its columns."""
    figures = figures_of(results)
    return (name, str(len(results)), *(cell(figures.get(one)) for one in COLUMNS.values()))


def cell(figure: Figure | None) -> str:
    """ ".800 (.693 to .893)"; empty for what there is nothing of to count."""
    if figure is None:
        return ""
    value, low, high = map(short, (figure.value, figure.low, figure.high))
    return f"{value} ({low} to {high})"


def short(value: float) -> str:
    """Three places without the zero before them, "1.0" for a whole one."""
    return f"{value:.3f}".removeprefix("0").replace("1.000", "1.0")
