"""The nouns: everything that flows between stages, frozen, in the field's words.

Positions are offsets in code points into `Document.text`, half open: `text[start:end]`.
What goes out, an `Answer` and what it holds, is in `answers`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

WorkKind = Literal["law", "soft_law", "guide", "page"]
Group = Literal["core", "state-aid", "programmes", "guides"]
ProvisionKind = Literal[
    "title", "recital", "part", "chapter", "section", "article", "paragraph", "point",
    "annex", "heading", "footnote", "table", "text",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that hangs on a web page, and how it is told from what else hangs there.

    `landing` are the addresses to open, in turn; one may be the document's own. `link` are phrases,
    one of which stands in the text of the link or in its address. `hosts` are those that may be
    asked for it, redirects included. `size` in bytes and `pages` are the least and the most.
    """

    landing: tuple[str, ...]
    link: tuple[str, ...]
    hosts: tuple[str, ...]
    size: tuple[int, int]
    pages: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Source:
    """One version of a work in one language: the thing that is read, dated and cited.

    `valid_from` and `valid_to` are the first and last day on which this text applied (None: open).
    `authentic` is true for an act as printed in the Official Journal, false for a consolidation.
    `file` is relative to the corpus folder; `sha256` is of the file's bytes as first seen.
    `attachment` says where a file is found that no address of its own leads to.
    """

    id: str
    work: str
    language: str
    title: str
    celex: str | None = None
    eli: str | None = None
    oj: str | None = None
    published: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    authentic: bool = True
    url: str | None = None
    file: str | None = None
    sha256: str | None = None
    licence: str = ""
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A work and its versions; `amends` and `superseded_by` name other works by id.

    `names` are what else people call it, word for word; `cited_as` are the names by which texts
    cite it and no other work. `group` says which sync brings its texts; `subjects` are the words
    by which a question is about it and about no other work, as `query.subjects` reads them.
    """

    id: str
    title: str
    short_title: str
    kind: WorkKind
    publisher: str
    superseded_by: str | None = None
    amends: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    note: str = ""
    names: tuple[str, ...] = ()
    cited_as: tuple[str, ...] = ()
    group: Group = "core"
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provision:
    """A labelled span of a document; `parent` is an index into `Document.provisions`."""

    kind: ProvisionKind
    label: str
    title: str
    start: int
    end: int
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A span of a document that cites `label` in `work`; `reason` says why one of them is missing.

    `work` is an id of the manifest; a citation of a whole act has a work and no label.
    """

    start: int
    end: int
    work: str | None
    label: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Where a printed page begins in the text, with its printed label."""

    start: int
    label: str


@dataclass(frozen=True, slots=True)
class Amendment:
    """A span of a consolidated text and the CELEX number of the act that last changed it."""

    start: int
    end: int
    act: str


@dataclass(frozen=True, slots=True)
class Document:
    """One normalised string and its provisions, in reading order, parents before children.

    `amendments` are what a consolidation marks with arrows; the arrows are not in the text.
    """

    source: str
    text: str
    provisions: tuple[Provision, ...]
    pages: tuple[Page, ...] = ()
    amendments: tuple[Amendment, ...] = ()

    def page_at(self, offset: int) -> str | None:
        """The printed label of the page that an offset stands on; None without pages."""
        started = [page.label for page in self.pages if page.start <= offset]
        return started[-1] if started else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieval unit: a provision-sized span with its label and the headings down to it.

    `id` is stable across ingests while source, label and text are unchanged.
    `context` is what a reader of the page would see above it: titles and the lead-in of a list.
    """

    id: str
    source: str
    start: int
    end: int
    text: str
    label: str
    kind: ProvisionKind
    path: tuple[str, ...] = ()
    context: str = ""
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """What the search found of a passage; higher is better.

    `lexical` is BM25, 0 or more; `dense`, `sentence` and `figure` are cosines in [-1, 1] of the
    passage, its best sentence and its best with a figure of the kind asked for, 0 for none.
    `expansion` and `expansion_words` are the cosine and BM25 of the nearest question that it is
    expected to be asked, `expansion_covered` the share of the question's words in all of those;
    `expanded` is 1 if any are expected of its text, else 0. `standing` is the share of its score
    that a passage of its kind keeps. `named` is what it gains for being asked for by name, `work` 1
    if its work is, `subject` in [0, 1] how much the question before was about its article.
    `matched` is the mean over the question's tokens of the cosine of each one's best match in it,
    `matched_worst` and `matched_best` of the quarter that it matches worst and best,
    `matched_least` of the two that it matches least; 0 without token vectors.
    """

    lexical: float = 0.0
    dense: float = 0.0
    sentence: float = 0.0
    expansion: float = 0.0
    expansion_words: float = 0.0
    expansion_covered: float = 0.0
    figure: float = 0.0
    standing: float = 1.0
    expanded: float = 0.0
    named: float = 0.0
    work: float = 0.0
    subject: float = 0.0
    matched: float = 0.0
    matched_worst: float = 0.0
    matched_best: float = 0.0
    matched_least: float = 0.0


@dataclass(frozen=True, slots=True)
class Shares:
    """What each of the `Scores` brought to a hit in the fusion of searches; they add up to it."""

    lexical: float = 0.0
    dense: float = 0.0
    sentence: float = 0.0
    expansion: float = 0.0
    expansion_words: float = 0.0
    expansion_covered: float = 0.0
    figure: float = 0.0
    named: float = 0.0
    work: float = 0.0
    subject: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its score in [0, 1], higher is better, and what was found of it.

    The score is that of the reranker, or the sum of the shares, at most 1, where there is none.

    `best_sentence` is the document span of the sentence nearest to the question, or of the
    provision that it names; `sentences` are the document spans of all of the passage's with their
    cosines, in reading order.
    """

    passage: Passage
    score: float
    scores: Scores = Scores()
    shares: Shares = Shares()
    best_sentence: tuple[int, int] = (0, 0)
    sentences: tuple[tuple[int, int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the same conversation and the date it was asked for."""

    question: str
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question as it is asked: of a day, or of the one that it means; of documents, or of all.

    `documents` are ids of works or sources; `history` are the turns before it, oldest first.
    """

    question: str
    as_of: date | None = None
    documents: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
