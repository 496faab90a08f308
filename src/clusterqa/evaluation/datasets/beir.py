"""A folder in the layout of BEIR in, a `Collection` out that is measured by its ranking.

corpus.jsonl has _id, title and text, queries.jsonl _id and text, and qrels/*.tsv a line for each
judgement: query, entry, grade. Measured with ir-measures, on the queries that have a judgement.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from clusterqa.assistant import Assistant
from clusterqa.evaluation.datasets.collection import Asked, Collection, Entry, document_of, work_of
from clusterqa.evaluation.datasets.json_entries import json_lines, located
from clusterqa.evaluation.extras import extra
from clusterqa.evaluation.figures import Result
from clusterqa.index import Library
from clusterqa.query.checks import checked
from clusterqa.types import Hit, Inquiry

MEASURES = ("nDCG@10", "R@10", "R@100", "AP@10", "RR@10", "P@1")
FOUND = 1000  # passages asked for; several may belong to one entry
KEPT = 100  # entries in a ranking

Judgements = Mapping[str, Mapping[str, int]]  # query to entry to grade
Ranking = Sequence[tuple[str, float]]  # entries with scores, best first


@dataclass(frozen=True, slots=True)
class BeirLine:
    """An entry or a query."""

    _id: str
    text: str
    title: str = ""


def is_ranking(folder: Path) -> bool:
    files = ("corpus.jsonl", "queries.jsonl")
    return all((folder / name).is_file() for name in files) and bool(judgement_files(folder))


def read_ranking(folder: Path, name: str, *, titles: bool) -> Collection:
    """The collection in a BEIR folder; raises `CorpusError` for a line that cannot be used."""
    extra("ir_measures")
    entries = read_entries(folder / "corpus.jsonl", titles=titles)
    queries = read_queries(folder / "queries.jsonl")
    judged = read_judgements(judgement_files(folder), queries, {entry.id for entry in entries})
    document, _ = document_of(name, entries)
    return Collection(
        name,
        (work_of(name),),
        (document,),
        measure=partial(measure_ranking, queries=queries, judgements=judged),
        read_run=partial(read_rankings, judgements=judged),
    )


def judgement_files(folder: Path) -> list[Path]:
    """The judgements of the test split if there is one, else all."""
    files = sorted(folder.glob("qrels/*.tsv"))
    return [path for path in files if path.stem == "test"] or files


def read_entries(path: Path, *, titles: bool) -> list[Entry]:
    found: dict[str, Entry] = {}
    for place, line in json_lines(path, BeirLine):
        with located(place):
            name = new_id(line, found)
            found[name] = Entry(name, line.title if titles else "", line.text)
    return list(found.values())


def read_queries(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for place, line in json_lines(path, BeirLine):
        with located(place):
            found[new_id(line, found)] = checked(line.text)
    return found


def new_id(line: BeirLine, known: Iterable[str]) -> str:
    """The id of a line; `ValueError` if it is known already or cannot stand in a run file."""
    name = line._id
    if name in known:
        raise ValueError(f"_id {name} occurs twice")
    if name.split() != [name]:
        raise ValueError(f"_id {name!r} is empty or holds white space")
    return name


def read_judgements(
    paths: Sequence[Path], queries: Iterable[str], entries: Iterable[str]
) -> dict[str, dict[str, int]]:
    """The grades of each query that has an entry judged relevant."""
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for path in paths:
        for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
            with located(f"{path}, line {number}"):
                columns = line.split("\t")
                if not line.strip() or (number == 1 and not columns[-1].strip().isdigit()):
                    continue
                query, entry, grade = judgement(columns, queries, entries)
                judged[query][entry] = grade
    return {query: grades for query, grades in judged.items() if max(grades.values()) > 0}


def judgement(
    columns: Sequence[str], queries: Iterable[str], entries: Iterable[str]
) -> tuple[str, str, int]:
    if len(columns) != 3:
        raise ValueError("expected query, entry and grade, with tabs between")
    query, entry, grade = columns
    if query not in queries:
        raise ValueError(f"query {query} is not in queries.jsonl")
    if entry not in entries:
        raise ValueError(f"entry {entry} is not in corpus.jsonl")
    return query, entry, int(grade)


def measure_ranking(
    assistant: Assistant, asked: Asked, *, queries: Mapping[str, str], judgements: Judgements
) -> tuple[Result, ...]:
    """The result of each judged query."""
    equals = entries_by_passage(assistant.index.library)
    rankings: dict[str, Ranking] = {}
    for query in judgements:
        hits = assistant.search(Inquiry(queries[query], assistant.today), k=FOUND)
        rankings[query] = ranked_entries(hits, equals)[:KEPT]
        asked(len(rankings), len(judgements))
    return judged_rankings(rankings, judgements)


def entries_by_passage(library: Library) -> dict[str, list[str]]:
    """For each passage the entries that have its text: equal texts are found once, as one row."""
    rows: dict[int, list[str]] = defaultdict(list)
    found = library.labels_by_row()
    for _, label, row in found:
        rows[row].append(label)
    return {name: rows[row] for name, _, row in found}


def ranked_entries(
    hits: Sequence[Hit], equals: Mapping[str, Sequence[str]]
) -> list[tuple[str, float]]:
    """The entries that the hits belong to, each once, with the score of its best passage."""
    scores: dict[str, float] = {}
    for hit in hits:
        for entry in equals[hit.passage.id]:
            scores.setdefault(entry, hit.score)
    return list(scores.items())


def judged_rankings(rankings: Mapping[str, Ranking], judgements: Judgements) -> tuple[Result, ...]:
    """A result for each query judged; one without a ranking scores nothing."""
    measures = extra("ir_measures")
    wanted = [measures.parse_measure(name) for name in MEASURES]
    run = {query: dict(ranking) for query, ranking in rankings.items()}
    values: dict[str, dict[str, float]] = {query: {} for query in judgements}
    for found in measures.iter_calc(wanted, judgements, run):
        values[found.query_id][str(found.measure)] = found.value
    return tuple(
        ranking_result(query, rankings.get(query, ()), grades, values[query])
        for query, grades in judgements.items()
    )


def ranking_result(
    query: str, ranking: Ranking, grades: Mapping[str, int], values: Mapping[str, float]
) -> Result:
    right = [rank for rank, (entry, _) in enumerate(ranking, 1) if grades.get(entry, 0) > 0]
    parts = {name: (values.get(name, 0.0), 1.0) for name in MEASURES}
    return Result(
        id=query,
        type="ranking",
        parts=parts,
        merit=(parts["nDCG@10"][0],),
        first_rank=right[0] if right else None,
        ranking=tuple(ranking),
    )


def read_rankings(path: Path, *, judgements: Judgements) -> tuple[Result, ...]:
    """The results of a saved TREC run, for the queries that it has."""
    rankings: dict[str, dict[str, float]] = defaultdict(dict)
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        with located(f"{path}, line {number}"):
            columns = line.split()
            if len(columns) != 6:
                raise ValueError("expected six columns: query, Q0, entry, rank, score, name")
            query, _, entry, _, score, _ = columns
            rankings[query][entry] = float(score)
    kept = {query: grades for query, grades in judgements.items() if query in rankings}
    found = {query: tuple(scores.items()) for query, scores in rankings.items() if query in kept}
    return judged_rankings(found, kept)
