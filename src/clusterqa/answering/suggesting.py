"""What was asked and what was found in, questions to ask next out: each is one that is answered.

They are the questions that provisions are expected to be asked. One that goes with an answer is
proven by its vector: of all that applies on the day its own provision is nearest to it. One that is
offered in the place of an answer is asked, and is offered if it is answered.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy as np

from clusterqa.answers import Answer, Citation, Reason, Suggested, SuggestedAs
from clusterqa.index import Index
from clusterqa.languages.analysis import analyzer
from clusterqa.languages.language import languages
from clusterqa.provisions import article_of
from clusterqa.query.intents import expected_figures
from clusterqa.query.stems import content, own_stems
from clusterqa.query.understanding import Query
from clusterqa.search.retrieval import searchable_sources, usable_passages
from clusterqa.types import Hit, Passage

MOST = 3  # questions that are offered
TRIED = 3  # of those beside a refusal that are asked to see whether they are answered
BESIDE = 12  # passages before and behind what is cited that are looked at
SAME = 0.75  # share of stems of two questions, of both, from which they ask the same
EACH = 6  # questions of a passage that are looked at
LIKE = 0.3  # likeness from which a question is near to one that is refused
OPEN = 1  # stems up to which a question leaves open what it is about
VERBS = ("leave", "duty", "verb", "asker")
HELPED: frozenset[Reason] = frozenset(
    ("not_in_corpus", "unclear_question", "work_not_present", "provision_not_in_version")
)


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question that a passage is expected to be asked, and the vector's and the row's number."""

    text: str
    number: int
    row: int
    passage: Passage


def related(index: Index, query: Query, citations: Sequence[Citation]) -> tuple[Suggested, ...]:
    """Questions that what is cited and what stands in its article are expected to be asked."""
    found = [one for citation in citations for one in around(index, query, citation)]
    chosen = one_each(query, proven(index, query, found))
    return tuple(suggested(index, one, "related") for one in chosen[:MOST])


def instead(
    index: Index,
    query: Query,
    reason: Reason | None,
    hits: Sequence[Hit],
    ask: Callable[[str], Answer],
) -> tuple[Suggested, ...]:
    """Questions near to one that was refused, each asked and answered; at most `TRIED` are asked.

    Where a question is open they are its choices: what it asks, of one article each.
    """
    if reason not in HELPED or not query.served:
        return ()
    is_open = len(query.subject - empty_stems(query.language)) <= OPEN
    found = [one for hit in hits for one in known(index, query, hit.passage)]
    if is_open:
        found = [one for one in found if query.form.kinds & expected_figures(one.text)]
    else:
        found = [one for one in found if likeness(query, one.text) >= LIKE]
    ranked = sorted(proven(index, query, found), key=lambda one: -likeness(query, one.text))
    offered: list[Suggested] = []
    for one in one_each(query, ranked, articles=is_open)[:TRIED]:
        if len(offered) < MOST and is_answered(ask(one.text), one.passage):
            offered.append(suggested(index, one, "choice" if is_open else "nearest"))
    return tuple(offered)


def is_answered(answer: Answer, passage: Passage) -> bool:
    """Whether an answer is whole and cites the article of a passage."""
    place = passage.source, article_of(passage.label)
    return answer.status == "answered" and any(
        (one.document.id, article_of(one.locator.label)) == place for one in answer.citations
    )


def suggested(index: Index, one: KnownQuestion, relation: SuggestedAs) -> Suggested:
    work, source = index.library.sources[one.passage.source]
    return Suggested(
        relation, one.text, source.language, work.id, work.short_title, one.passage.label
    )


# -- the questions that are known -----------------------------------------------------------------


def known(index: Index, query: Query, passage: Passage) -> Iterator[KnownQuestion]:
    """The questions in a question's language that a passage is expected to be asked."""
    expansion, row = index.search.expansion, index.library.row_of(passage.id)
    numbers = expansion.numbers_of(row) if row is not None and expansion.texts else []
    own = (n for n in numbers if expansion.texts[n][0] == query.language)
    whole = ((n, expansion.texts[n][1]) for n in own if expansion.texts[n][1].endswith("?"))
    for number, text in islice(whole, EACH):
        yield KnownQuestion(text, number, row or 0, passage)


def around(index: Index, query: Query, citation: Citation) -> Iterator[KnownQuestion]:
    """Those of what is cited, then those of the other passages of its article."""
    library, source = index.library, citation.document.id
    own = library.passage_at(source, citation.quote.start)
    number, _ = library.passage(own.id)
    beside = library.passages_of(source, after=number - BESIDE - 1, most=2 * BESIDE + 1)
    yield from known(index, query, own)
    for _, passage in sorted(beside, key=lambda found: abs(found[0] - number)):
        if passage.id != own.id and article_of(passage.label) == article_of(own.label):
            yield from known(index, query, passage)


def proven(index: Index, query: Query, found: Sequence[KnownQuestion]) -> list[KnownQuestion]:
    """Those to which, of all that applies on the day, their own passage is nearest."""
    if not found:
        return []
    search = index.search
    sources = searchable_sources(index.library, query)
    usable = np.zeros(search.size, dtype=bool)
    usable[search.passage_rows[usable_passages(index, sources, query.as_of)]] = True
    vectors = np.asarray(search.expansion.vectors[[one.number for one in found]], np.float32)
    nearest = search.nearest(vectors, usable, 1)[:, 0].tolist()
    return [one for one, row in zip(found, nearest, strict=True) if row == one.row]


def one_each(
    query: Query, found: Sequence[KnownQuestion], *, articles: bool = False
) -> list[KnownQuestion]:
    """The first question of each passage, or article, that does not ask what was asked already."""
    chosen: list[KnownQuestion] = []
    for one in found:
        places = [(p.source, article_of(p.label) if articles else p.label) for p in
                  (one.passage, *(other.passage for other in chosen))]  # fmt: skip
        asked = [query.text, *(other.text for other in chosen)]
        if places[0] not in places[1:] and not any(same(one.text, t, query) for t in asked):
            chosen.append(one)
    return chosen


def same(one: str, other: str, query: Query) -> bool:
    """Whether two questions have most of their stems in common."""
    first, second = content(one, query.language), content(other, query.language)
    return len(first & second) >= SAME * max(1, len(first | second))


def likeness(query: Query, text: str) -> float:
    """The share of a question's stems that another has, less a little for each it has besides."""
    stems, asked = content(text, query.language), query.subject - empty_stems(query.language)
    return len(stems & asked) / max(1, len(asked)) - len(stems) / 100


@cache
def empty_stems(language: str) -> frozenset[str]:
    """The stems of words that say nothing of what a question is about: its verbs too."""
    known = languages().get(language)
    verbs = [phrase for name in VERBS for phrase in known.asking.get(name, ())] if known else []
    return own_stems(language) | frozenset(analyzer(language)(" ".join(verbs)))
