"""Question sets and collections in, measured figures out: what is found, cited, refused and dated.

`read_questions` reads JSON Lines, `evaluate` asks every question and returns a `Report`.
`read_collection` reads a collection with texts of its own, `open_collection` indexes it, `measure`
asks its questions. A `Result` a question is what runs keep, `compare` compares and curves show;
`write_figures` puts the figures of saved runs into a page.
"""

from clusterqa.evaluation.building import default_folder, open_collection
from clusterqa.evaluation.curves import coverage_risk, draw_curves, reliability
from clusterqa.evaluation.datasets.collection import Collection, Entry
from clusterqa.evaluation.datasets.layouts import read_collection
from clusterqa.evaluation.datasets.questions import Gold, Question, normalise, read_questions
from clusterqa.evaluation.extras import extra
from clusterqa.evaluation.figures import Figure, Result, auroc, figures_of, ratio
from clusterqa.evaluation.judging import Outcome, article_key, held_back
from clusterqa.evaluation.measuring import Measurement, measure
from clusterqa.evaluation.report import Report, Respondent, evaluate
from clusterqa.evaluation.results_page import write_figures
from clusterqa.evaluation.runs import RunComparison, compare, read_results, save_run

__all__ = [
    "Collection",
    "Entry",
    "Figure",
    "Gold",
    "Measurement",
    "Outcome",
    "Question",
    "Report",
    "Respondent",
    "Result",
    "RunComparison",
    "article_key",
    "auroc",
    "compare",
    "coverage_risk",
    "default_folder",
    "draw_curves",
    "evaluate",
    "extra",
    "figures_of",
    "held_back",
    "measure",
    "normalise",
    "open_collection",
    "ratio",
    "read_collection",
    "read_questions",
    "read_results",
    "reliability",
    "save_run",
    "write_figures",
]
