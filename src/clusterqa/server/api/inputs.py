"""What requests are made of: text, dates, limits, each refused in one line where it is unusable.

The limits stand here and so in the OpenAPI document: what it allows is accepted, nothing else is.
"""

from datetime import date
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from clusterqa.characters import UNSEEN
from clusterqa.languages.days import iso_day
from clusterqa.query.checks import LONGEST_QUESTION

MOST_TURNS = 20  # earlier questions of a conversation
MOST_DOCUMENTS = 50  # to keep a question to
LONGEST_NAME = 200  # chars of an id or a label
MOST_PASSAGES = 100  # on one page


def day(value: object) -> date:
    """The date an ISO string stands for; raises ValueError for all else, timestamps included."""
    return iso_day(str(value))


def readable(value: object) -> object:
    """A text with U+FFFD for NUL and for controls that some take for a blank and others do not: so
    a text is empty here exactly if the OpenAPI document says so.

    Raises ValueError for half a surrogate pair, which JSON can smuggle in.
    """
    if not isinstance(value, str):
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("this is not valid Unicode text") from None
    return value.translate(CONTROLS)


CONTROLS = dict.fromkeys([0x00, *range(0x1C, 0x20), 0x85], "\N{REPLACEMENT CHARACTER}")
Day = Annotated[date, BeforeValidator(day)]
Text = Annotated[str, BeforeValidator(readable)]
Question = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=LONGEST_QUESTION,
        pattern=f"[^\\s{UNSEEN}]",
        description="One thing, best in English or French.",
        examples=["What share of a cluster's running costs can be funded?"],
    ),
]
AsOf = Annotated[
    Day | None,
    Field(description="The day asked about; without it, today.", examples=["2016-03-01"]),
]
Name = Annotated[Text, Field(min_length=1, max_length=LONGEST_NAME)]
Documents = Annotated[
    tuple[Name, ...],
    Field(
        max_length=MOST_DOCUMENTS,
        description="Only these works or versions, by id.",
        examples=[["gber"]],
    ),
]
Cursor = Annotated[
    str | None,
    Field(
        max_length=200,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="Where to go on: `next` of the page before. Without it, the first page.",
    ),
]
PageSize = Annotated[int, Field(ge=1, le=MOST_PASSAGES, description="How many to a page.")]
Id = Annotated[str, Path(min_length=1, max_length=LONGEST_NAME, description="Its id.")]


class StrictModel(BaseModel):
    """Refuses unknown fields: a misspelt `as_of` must not quietly mean today."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DateQuery(StrictModel):
    as_of: AsOf = None


class PageQuery(StrictModel):
    limit: PageSize = 20
    cursor: Cursor = None
