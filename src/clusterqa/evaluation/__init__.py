"""Question sets in, measured figures out: what is found, cited, refused and rightly dated.

`read_questions` reads JSON Lines, `evaluate` asks every question and returns a `Report`.
"""

from clusterqa.evaluation.judging import Outcome, article_key
from clusterqa.evaluation.questions import Gold, Question, normalise, read_questions
from clusterqa.evaluation.report import Figure, Report, Respondent, auroc, evaluate, ratio

__all__ = [
    "Figure",
    "Gold",
    "Outcome",
    "Question",
    "Report",
    "Respondent",
    "article_key",
    "auroc",
    "evaluate",
    "normalise",
    "ratio",
    "read_questions",
]
