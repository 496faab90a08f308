"""`check`: figures put against the rules of the law that compare them."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from clusterqa.cli.app import AsJson, AsOf, CorpusDir, IndexDir, Quiet, app, emit
from clusterqa.cli.opening import opened, parsed_date, settings_with
from clusterqa.cli.rendering import check_lines, to_json
from clusterqa.errors import UsageError

if TYPE_CHECKING:
    from clusterqa.corpus.thresholds import Thresholds

Check = Annotated[str | None, typer.Argument(help="A check, like sme; without it, all there are.")]
Figures = Annotated[list[str] | None, typer.Argument(help="Figures, like staff=60 turnover=12m.")]
Given = Annotated[
    list[str] | None, typer.Option("--given", help="A circumstance that holds, like small; repeat.")
]
Language = Annotated[str, typer.Option("--language", help="Which language version to quote.")]


@app.command()
def check(
    name: Check = None,
    figures: Figures = None,
    given: Given = None,
    as_of: AsOf = None,
    language: Language = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
    index: IndexDir = None,
    corpus: CorpusDir = None,
) -> None:
    """Put figures against the rules of the law that compare them, or list what can be checked."""
    from clusterqa.answering import checked, checks_there_are
    from clusterqa.law.assessment import Situation
    from clusterqa.presenting.figure_checks import in_english

    day = parsed_date(as_of) or date.today()
    library = opened(settings_with(index=index, corpus=corpus), quiet=quiet).library
    if name is None:
        there = checks_there_are(library, day, language)
        for one in there:
            taken = " ".join(f"{measure.id}=" for measure in one.figures)
            known = f"  --given {' '.join(each.id for each in one.given)}" if one.given else ""
            emit(f"{one.check.id:<18} {taken}{known}\n{'':<18} {one.check.said['en']}")
        return
    situation = Situation(typed(figures or [], library.thresholds), frozenset(given or ()))
    result = in_english(checked(library, name, situation, day, language))
    if as_json:
        emit(to_json(result, indent=1))
    else:
        emit("\n".join(check_lines(result)))


def typed(figures: list[str], thresholds: "Thresholds") -> dict[str, float]:
    """The figures typed as name=value; raises `UsageError` for one that is not."""
    from clusterqa.query.given import number_typed

    found = {}
    for each in figures:
        name, sign, value = each.partition("=")
        if not sign:
            raise UsageError(f"{each[:40]!r} is no figure; write it like staff=60")
        found[name] = number_typed(value, thresholds)
    return found
