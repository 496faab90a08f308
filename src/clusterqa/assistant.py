"""Read this first: a question goes in, an `Answer` comes out; documents go in, an index comes out.

`Assistant` holds one open index generation and its encoder. `ingest` is the way there.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from clusterqa import answering
from clusterqa.answers import Answer, Found, IndexRef, Notice
from clusterqa.corpus.glossary import read_glossary
from clusterqa.corpus.manifest import presence
from clusterqa.corpus.thresholds import read_thresholds
from clusterqa.errors import ClusterQAError, CorpusError
from clusterqa.index import Index
from clusterqa.index.encoders import Encoder
from clusterqa.index.expansion import of_unknown_works, read_expected_questions
from clusterqa.law.pointers import is_inside, pointed_to
from clusterqa.law.thresholds import unproven
from clusterqa.presenting.answers import in_english
from clusterqa.query.checks import as_read
from clusterqa.query.understanding import Query, understand
from clusterqa.search.reader import Reader, Reading, Trained, read, trained, untrained
from clusterqa.search.retrieval import RERANKED, retrieve, subject_of
from clusterqa.types import Document, Hit, Inquiry, Work

if TYPE_CHECKING:
    from clusterqa.generation import Composer
    from clusterqa.index.build import Progress

logger = logging.getLogger(__name__)
READ = 10  # passages that the reader sees
SUBJECT = 3  # passages that tell what the question before was about
NEAREST = 3  # passages shown beside a refusal


class Assistant:
    """Answers from one index generation; thread-safe.

    `today` fixes the day that a question without a date means, for measurements. A `composer` may
    put answers into its own words, as far as their citations confirm them. The `reader` is the
    trained one for an index with token vectors, the untrained one for any other, unless one is
    given.
    """

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        *,
        today: date | None = None,
        composer: "Composer | None" = None,
        reader: Reader | None = None,
    ) -> None:
        self.index = index
        self.library = index.library
        self.encoder = encoder
        self.reader = reader or (trained() if index.search.tokens.any else untrained())
        self.fixed_today = today
        self.composer = composer

    @classmethod
    def open(
        cls, folder: Path, *, today: date | None = None, composer: "Composer | None" = None
    ) -> "Assistant":
        """The assistant over the current generation in `folder`; raises `IndexUnusable`."""
        index = Index.open(folder)
        return cls(index, index.encoder(), today=today, composer=composer)

    @property
    def today(self) -> date:
        """The day it is, also for a process that runs past midnight."""
        return self.fixed_today or date.today()

    @property
    def multilingual(self) -> bool:
        """Whether a question may be in a language that no text is in."""
        return isinstance(self.reader, Trained)

    @property
    def index_ref(self) -> IndexRef:
        manifest = self.index.manifest
        return IndexRef(manifest["id"], manifest["encoder"], manifest["built_at"])

    @property
    def works(self) -> tuple[Work, ...]:
        """The works of which the index holds a text."""
        return tuple(work for work in self.library.works if self.library.texts(work))

    @property
    def absent(self) -> tuple[Work, ...]:
        """The works of which no text is here, without acts that only amend another one."""
        works = self.library.works
        return tuple(work for work in works if not work.amends and not self.library.texts(work))

    @property
    def foremost(self) -> tuple[Notice, ...]:
        """What there is to say before any question: that the texts of the law are missing."""
        return tuple(answering.missing_law(self.library))

    def search(self, inquiry: Inquiry, *, k: int = 10) -> list[Hit]:
        """The `k` best passages on the day; raises `UsageError` for an unusable question."""
        return self.hits(self.query(inquiry), k)

    def query(self, inquiry: Inquiry) -> Query:
        """The question as it is read, once.

        The trained encoder has learned to read other languages, and turns after those before them.
        """
        query = understand(as_read(inquiry), self.library, self.today)
        if self.multilingual:
            return replace(query, served=True)
        return replace(query, encoded=query.words)

    def hits(self, query: Query, k: int = 10) -> list[Hit]:
        """The best passages; those of a question that leans on the one before are near its own."""
        ranking = self.reader.ranking if isinstance(self.reader, Trained) else None
        search = partial(retrieve, self.index, self.encoder, ranking=ranking)
        if query.before is None:
            return search(query, k=k)
        before = search(query.before, k=SUBJECT)
        return search(query, subject=subject_of(before), k=k)

    def readings(self, query: Query) -> Sequence[Reading]:
        """What the reader makes of the best passages."""
        return read(self.index, query, self.read_hits(query), self.reader)

    def read_hits(self, query: Query) -> list[Hit]:
        """The best passages; where the first only points elsewhere, the best of that too."""
        found = self.hits(query, RERANKED)
        place = pointed_to(self.library, found[0].passage, query.as_of) if found else None
        there = [hit for hit in found[READ:] if place and is_inside(hit, place)]
        return [*found[:READ], *there[:1]]

    def find(self, inquiry: Inquiry, *, k: int = 10) -> list[Found]:
        """What `search` finds, described as of the same day."""
        query = self.query(inquiry)
        return self.described(self.hits(query, k), query.as_of)

    def described(self, hits: Sequence[Hit], as_of: date) -> list[Found]:
        """Hits with their documents, ranked from 1."""
        return [
            answering.found(
                rank, hit, self.library.document(hit.passage.source), self.library.sources, as_of
            )
            for rank, hit in enumerate(hits, start=1)
        ]

    def ask(self, inquiry: Inquiry) -> Answer:
        """The answer in the documents' own words as of the day, or a refusal with its reason.

        With it come questions to ask next, each of which is answered.
        """
        inquiry = as_read(inquiry)
        query = self.query(inquiry)
        answer, hits = self.answer(inquiry, query)
        began = time.perf_counter()
        if answer.status == "no_answer":
            offered = answering.instead(
                self.index, query, answer.reason, hits, partial(self.answer_to, query)
            )
        else:
            offered = answering.related(self.index, query, answer.citations)
        taken = {"suggest": round((time.perf_counter() - began) * 1000, 1)}
        answer = replace(answer, related=offered, timings_ms=answer.timings_ms | taken)
        return in_english(self.worded(answer))

    def answer_to(self, query: Query, other: str) -> Answer:
        """The answer to another question of a query's day and documents."""
        inquiry = Inquiry(other, query.as_of, query.documents)
        return self.answer(inquiry, self.query(inquiry))[0]

    def answer(self, inquiry: Inquiry, query: Query) -> tuple[Answer, list[Hit]]:
        """The answer, not yet put into words, and the passages that were read for it."""
        began = time.perf_counter()
        hits = self.read_hits(query)
        readings = read(self.index, query, hits, self.reader)
        parts = [self.readings(part) for part in query.parts]
        searched = time.perf_counter()
        reply = answering.reply(
            self.library, query, readings, parts, foreign=self.reader.foreign, today=self.today
        )
        checks = answering.checks_of(self.library, query, reply.citations)
        told = answering.settled(self.library, query, reply, checks)
        by_figures = told is not reply and reply.status == "no_answer"
        reply, composed = told, time.perf_counter()
        answer = Answer(
            id=answer_id(inquiry, query.as_of, self.index_ref.id),
            question=inquiry.question,
            as_of=query.as_of,
            status=reply.status,
            statements=reply.statements,
            citations=reply.citations,
            notices=reply.notices,
            nearest=() if reply.statements else tuple(self.described(hits[:NEAREST], query.as_of)),
            confidence=round(reply.confidence, 4),
            experience=None
            if by_figures
            else answering.experience(reply.status, reply.confidence, self.reader, reply.notices),
            index=self.index_ref,
            timings_ms={
                "search": round((searched - began) * 1000, 1),
                "compose": round((composed - searched) * 1000, 1),
            },
            reason=reply.reason,
            understood_as=query.text if query.text != query.typed else None,
            compared=reply.compared,
            checks=checks,
            short=reply.short,
        )
        return answer, hits

    def worded(self, answer: Answer) -> Answer:
        """An answer in the composer's words where there is one, else as it is."""
        if self.composer is None or answer.status == "no_answer":
            return answer
        from clusterqa.generation import reworded  # here, because it is off by default

        return reworded(answer, self.composer, self.library.document)


def answer_id(inquiry: Inquiry, as_of: date, index: str) -> str:
    """The same question of the same index has the same id."""
    turns = (turn.question for turn in inquiry.history)
    parts = [inquiry.question, as_of.isoformat(), *inquiry.documents, *turns, index]
    return "ans_" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


def ingest(
    works: Sequence[Work],
    corpus: Path,
    index: Path,
    *,
    model: str,
    precision: str,
    progress: "Progress",
    warn: Callable[[str], None] = logger.warning,
    expansion: bool = True,
) -> str:
    """Read every document that is present, build a generation, make it current, return its name.

    `warn` gets a line on what is left out; without `expansion` the expected questions are. Raises
    `CorpusError` naming every unreadable document; the index before it stays in place.
    """
    from clusterqa.index.build import build_index  # here, because a cold question waits for imports

    documents, files, problems = read_documents(works, corpus, progress)
    if problems:
        raise CorpusError("\n".join(problems))
    if not documents:
        raise CorpusError(f"{corpus}: no document is present; run: clusterqa corpus sync")
    glossary = read_glossary(corpus / "glossary.toml")
    path = corpus / "expected_questions.jsonl"
    expected = read_expected_questions(path) if expansion else ()
    if line := of_unknown_works(expected, works, path):
        warn(line)
    thresholds = read_thresholds(corpus / "thresholds.toml")
    for line in unproven(thresholds, works, documents):
        warn(line)
    return build_index(
        index,
        works,
        documents,
        files,
        glossary,
        expected,
        thresholds,
        model=model,
        precision=precision,
        progress=progress,
    )


def read_documents(
    works: Iterable[Work], corpus: Path, progress: "Progress"
) -> tuple[list[Document], dict[str, str], list[str]]:
    """Documents, the SHA-256 of each source's file, and a line for each that cannot be read."""
    from clusterqa.parsers import parse  # here for the same reason

    present = [
        p for p in presence([s for w in works for s in w.sources], corpus) if p.sha256 is not None
    ]
    documents, files, problems = [], {}, []
    for done, found in enumerate(present, start=1):
        source = found.source
        assert source.file is not None and found.sha256 is not None
        try:
            documents.append(parse((corpus / source.file).read_bytes(), source.id, source.file))
            files[source.id] = found.sha256
        except (OSError, ClusterQAError) as error:
            problems.append(f"{corpus / source.file}: {error}")
        progress("reading", done, len(present))
    return documents, files, problems
