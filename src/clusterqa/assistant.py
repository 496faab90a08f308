"""Read this first: a question goes in, an `Answer` comes out; documents go in, an index comes out.

`Assistant` holds one open index generation and its encoder. `ingest` is the way there.
"""

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from clusterqa import answering
from clusterqa.corpus import presence
from clusterqa.embedding import Encoder
from clusterqa.errors import ClusterQAError, CorpusError
from clusterqa.glossary import read_glossary
from clusterqa.index import Index
from clusterqa.lexical import question_language
from clusterqa.neighbours import neighbours
from clusterqa.questions import checked, date_in, named_works, resolve
from clusterqa.retrieval import retrieve, subject_of
from clusterqa.types import Answer, Document, Found, Hit, IndexRef, Notice, Turn, Work

if TYPE_CHECKING:
    from clusterqa.composing import Composer
    from clusterqa.index.build import Progress

SUBJECT = 3  # passages that tell what the question before was about
NEAREST = 3  # passages shown beside a refusal


class Assistant:
    """Answers from one index generation; thread-safe.

    `today` fixes the day that a question without a date means, for measurements. A `composer` may
    put answers into its own words, as far as their citations confirm them.
    """

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        *,
        today: date | None = None,
        composer: "Composer | None" = None,
    ) -> None:
        self.index = index
        self.encoder = encoder
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
    def index_ref(self) -> IndexRef:
        manifest = self.index.manifest
        return IndexRef(manifest["id"], manifest["encoder"], manifest["built_at"])

    @property
    def works(self) -> tuple[Work, ...]:
        """The works of which the index holds a text."""
        return tuple(
            w for w in self.index.works if any(s.id in self.index.files for s in w.sources)
        )

    def search(
        self,
        question: str,
        *,
        as_of: date | None = None,
        documents: Sequence[str] = (),
        history: Sequence[Turn] = (),
        k: int = 10,
    ) -> list[Hit]:
        """The `k` best passages on the date; raises `UsageError` for an unusable question."""
        return self.hits(question, history, self.day_of(question, as_of, history), documents, k)

    def hits(
        self,
        question: str,
        history: Sequence[Turn],
        as_of: date,
        documents: Sequence[str],
        k: int = 10,
    ) -> list[Hit]:
        """The best passages; those of a question that leans on the one before are near its own."""
        resolved = resolve(checked(question), history)
        find = partial(retrieve, self.index, self.encoder, as_of=as_of, documents=documents)
        if resolved == checked(question):
            return find(resolved, k=k)
        before = find(resolve(history[-1].question, history[:-1]), k=SUBJECT)
        return find(resolved, subject=subject_of(before), k=k)

    def in_law_words(self, question: str) -> str:
        """The question as the glossary puts it into the law's words."""
        return self.index.wording(question_language(question)).in_law_words(question)

    def find(
        self,
        question: str,
        *,
        as_of: date | None = None,
        documents: Sequence[str] = (),
        history: Sequence[Turn] = (),
        k: int = 10,
    ) -> list[Found]:
        """What `search` finds, described as of the same date."""
        hits = self.search(question, as_of=as_of, documents=documents, history=history, k=k)
        return self.described(hits, self.day_of(question, as_of, history))

    def ask(
        self,
        question: str,
        *,
        as_of: date | None = None,
        documents: Sequence[str] = (),
        history: Sequence[Turn] = (),
    ) -> Answer:
        """The answer in the documents' own words as of the date, or a refusal with its reason."""
        began = time.perf_counter()
        resolved = resolve(checked(question), history)
        day = self.day_of(question, as_of, history)
        hits = self.hits(question, history, day, documents)
        searched = time.perf_counter()
        named = self.asked_works(resolved, documents, day)
        missing = answering.absences(named, self.index.files, day)
        asked_for_missing = bool(named) and len(missing) == len(named)
        gaps = [] if named else answering.gaps(self.works, self.index.files, day)
        sure = 0.0 if asked_for_missing else answering.confidence(hits)
        answered = sure >= answering.ANSWERED
        statements, citations = (
            answering.answer_parts(
                hits, self.index.sources, self.index.document, self.index.passage_at, day
            )
            if answered
            else ((), ())
        )
        citations = tuple(replace(c, neighbours=neighbours(self.index, c, day)) for c in citations)
        composed = time.perf_counter()
        answer = Answer(
            id=answer_id(question, day, documents, history, self.index_ref.id),
            question=question,
            as_of=day,
            status="answered" if answered else "no_answer",
            statements=statements,
            citations=citations,
            notices=(
                *missing,
                *(() if answered else gaps),
                *answering.other_languages(citations, question_language(resolved)),
                *answering.notices(citations, self.index.sources, day, self.today),
            ),
            nearest=() if answered else tuple(self.described(hits[:NEAREST], day)),
            confidence=round(sure, 4),
            index=self.index_ref,
            timings_ms={
                "search": round((searched - began) * 1000, 1),
                "compose": round((composed - searched) * 1000, 1),
            },
            reason=refusal(answered, missing if asked_for_missing else []),
            understood_as=resolved if resolved != question.strip() else None,
        )
        return self.worded(answer)

    def worded(self, answer: Answer) -> Answer:
        """An answer in the composer's words where there is one, else as it is."""
        if self.composer is None or answer.status == "no_answer":
            return answer
        from clusterqa.composing import reworded  # here, because it is off by default

        return reworded(answer, self.composer, self.index.document)

    def day_of(self, question: str, as_of: date | None, history: Sequence[Turn]) -> date:
        """The day asked about: given, or said in the question, or of the turn before, or today."""
        before = history[-1].as_of if history else None
        return as_of or date_in(question) or before or self.today

    def asked_works(self, question: str, documents: Sequence[str], as_of: date) -> list[Work]:
        """The works that a question is limited to, or else names."""
        absent = {s for s in documents if s not in self.index.files}
        if not documents:
            return named_works(question, self.index.works, as_of)
        return [
            work
            for work in self.index.works
            if work.id in documents or any(source.id in absent for source in work.sources)
        ]

    def described(self, hits: Sequence[Hit], as_of: date) -> list[Found]:
        """Hits with their documents and locators, for the wire."""
        return [
            answering.found(
                n, hit, self.index.document(hit.passage.source), self.index.sources, as_of
            )
            for n, hit in enumerate(hits, start=1)
        ]


def refusal(answered: bool, missing: Sequence[Notice]) -> str | None:
    """Why there is no answer, for programs; None if there is one."""
    if answered:
        return None
    return missing[0].code if missing else "not_in_corpus"


def answer_id(
    question: str, as_of: date, documents: Sequence[str], history: Sequence[Turn], index: str
) -> str:
    """The same question of the same index has the same id."""
    parts = [question, as_of.isoformat(), *documents, *(t.question for t in history), index]
    return "ans_" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


def ingest(
    works: Sequence[Work],
    corpus: Path,
    index: Path,
    *,
    model: str,
    precision: str,
    progress: "Progress",
) -> str:
    """Read every document that is present, build a generation, make it current, return its name.

    Raises `CorpusError` naming every unreadable document; the index before it stays in place.
    """
    from clusterqa.index.build import build_index  # here, because a cold question waits for imports

    documents, files, problems = read_documents(works, corpus, progress)
    if problems:
        raise CorpusError("\n".join(problems))
    if not documents:
        raise CorpusError(f"{corpus}: no document is present; run: clusterqa corpus sync")
    glossary = read_glossary(corpus / "glossary.toml")
    return build_index(
        index,
        works,
        documents,
        files,
        glossary,
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
