"""The table of figures in docs/results.md: what the program writes, and that it stands there."""

import re
from pathlib import Path

import pytest
from places import PROJECT
from typer.testing import CliRunner

from clusterqa.assistant import Assistant
from clusterqa.cli import app
from clusterqa.evaluation import Gold, Question, evaluate, save_run
from clusterqa.evaluation.figures import Figure
from clusterqa.evaluation.results_page import BEGIN, END, HEAD, cell
from clusterqa.types import Inquiry

SHARE = "What is the aid intensity of operating aid for a honey house?"
WEATHER = "Who won the football World Cup in 2018?"
NUMBER = r"(?:1\.0|\.\d{3})"
FIGURE = re.compile(rf"({NUMBER})(?: \(({NUMBER}) to ({NUMBER})\))?")


def rows_of(page: str) -> list[list[str]]:
    """The cells of the table between the marks, which stand in a page once each."""
    assert (page.count(BEGIN), page.count(END)) == (1, 1)
    lines = page.partition(f"{BEGIN}\n")[2].partition(f"\n{END}")[0].splitlines()
    assert all(line.startswith("| ") and line.endswith(" |") for line in lines)
    return [line[2:-2].split(" | ") for line in lines]


def assert_figures(page: str) -> dict[str, list[str]]:
    """The rows of a page's table by their sets, each figure within its interval."""
    head, rule, *rows = rows_of(page)
    assert (tuple(head), {*rule}) == (HEAD, {"---"})
    for name, questions, *figures in rows:
        assert name and int(questions) > 0 and len(figures) == len(HEAD) - 2
        for figure in filter(None, figures):
            found = FIGURE.fullmatch(figure)
            assert found, figure
            assert found[2] is None or float(found[2]) <= float(found[1]) <= float(found[3]), figure
    return {name: [questions, *figures] for name, questions, *figures in rows}


@pytest.fixture(scope="module")
def saved(small_assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two questions on the small corpus, one that it answers and one that it refuses."""
    (best, *_) = small_assistant.search(Inquiry(SHARE))
    gold = (Gold(best.passage.source, best.passage.label, best.passage.text),)
    questions = (
        Question("a", SHARE, None, "seed", True, gold, ()),
        Question("u", WEATHER, None, "off_topic", False, (), ()),
    )
    works, day = small_assistant.library.works, small_assistant.today
    report = evaluate(small_assistant, questions, works, today=day)
    path = tmp_path_factory.mktemp("runs") / "two_questions.jsonl"
    save_run(path, report.results)
    return path


def test_a_run_becomes_a_row(saved: Path, tmp_path: Path) -> None:
    """this test ensures that figures replace the table of a page, and nothing else of it."""
    page = tmp_path / "results.md"
    page.write_text(f"# Results\n{BEGIN}\n| old |\n{END}\nOf 2 questions.\n", "utf-8")
    done = CliRunner().invoke(app, ["eval", "--write", str(page), str(saved), str(saved)])
    assert done.exit_code == 0, done.output
    text = page.read_text("utf-8")
    assert text.startswith(f"# Results\n{BEGIN}\n| set | questions | hit@1 |")
    assert text.endswith(f"|\n{END}\nOf 2 questions.\n")
    assert len(rows_of(text)) == 4
    found = dict(zip(HEAD[1:], assert_figures(text)["two questions"], strict=True))
    assert found["questions"] == "2"
    assert {found[name] for name in ("hit@1", "MRR@10", "answered", "refused", "AUROC")} == {
        "1.0 (1.0 to 1.0)"
    }


def test_how_a_figure_is_written() -> None:
    """this test ensures that figures have three places and no zero before them."""
    assert cell(Figure(0.8, 0.6934, 0.89349, 75)) == ".800 (.693 to .893)"
    assert cell(Figure(0.9996, 0.0, 1.0, 3)) == "1.0 (.000 to 1.0)"
    assert cell(None) == ""


def test_the_committed_figures_are_such_a_table() -> None:
    """this test ensures that docs/results.md has the table as the program writes it."""
    rows = assert_figures((PROJECT / "docs" / "results.md").read_text("utf-8"))
    sets = ["dev", "fit", "held out", "fresh", "wording", "practice"]
    assert list(rows) == [*sets, *(f"{name}-bare" for name in sets)]
    assert rows["dev"][:2] == ["106", ".827 (.733 to .907)"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--write", "PAGE"], "name a page and saved runs: eval --write PAGE RUN"),
        (["RUN"], "name a page and saved runs: eval --write PAGE RUN"),
        (["--write", "PAGE", "--questions", ".", "RUN"], "name a page and saved runs"),
        (["--write", "PAGE", "none.jsonl"], "none.jsonl: no such file; name one that --run has"),
        (["--write", "PAGE", "RUN"], "page.md: no place for figures; write there: <!-- figures"),
        (["--write", "none.md", "RUN"], "No such file or directory"),
        (["--write", "PAGE", "PAGE"], "page.md, line 1: "),
    ],
)
def test_what_cannot_be_written_is_said(
    saved: Path, tmp_path: Path, words: list[str], message: str
) -> None:
    """this test ensures that a page or run that is of no use is named, and the page unchanged."""
    page = tmp_path / "page.md"
    page.write_text("# Results\n", "utf-8")
    given = {"PAGE": str(page), "RUN": str(saved), "none.md": str(tmp_path / "none.md")}
    done = CliRunner().invoke(app, ["eval", *(given.get(word, word) for word in words)])
    assert done.exit_code != 0
    assert message in f"{done.output}{done.exception}"
    assert page.read_text("utf-8") == "# Results\n"
