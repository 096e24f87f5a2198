"""The types of questions. To add one: a class in a module here, and its name in `SIMPLE`.

What a type has to offer is written in `base`. `AnyItem` is what may stand on a page; inside a
repetition everything may but another repetition.
"""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from guichet.procedures.fields.base import (
    AnswerField,
    Check,
    Content,
    Item,
    Question,
    Scene,
    Strict,
    missing_sentence,
)
from guichet.procedures.fields.choices import Choice, Choices, Tick, YesNo
from guichet.procedures.fields.computed import Computed
from guichet.procedures.fields.content import Note
from guichet.procedures.fields.dates import Date
from guichet.procedures.fields.numbers import Integer, Money
from guichet.procedures.fields.papers import Paper
from guichet.procedures.fields.rows import ROW_KEY, RowsBase, names_of
from guichet.procedures.fields.text import LongText, Text

SIMPLE: tuple[type[Item], ...] = (
    Choice,
    Choices,
    Computed,
    Date,
    Integer,
    LongText,
    Money,
    Note,
    Paper,
    Text,
    Tick,
    YesNo,
)

if TYPE_CHECKING:
    RowItem = Item
    AnyItem = Item
else:
    RowItem = Annotated[reduce(or_, SIMPLE), Field(discriminator="type")]


class Rows(RowsBase):
    """A repetition, of everything but repetitions."""

    questions: tuple[RowItem, ...]


if not TYPE_CHECKING:
    AnyItem = Annotated[reduce(or_, (*SIMPLE, Rows)), Field(discriminator="type")]

__all__ = [
    "ROW_KEY",
    "SIMPLE",
    "AnswerField",
    "AnyItem",
    "Check",
    "Computed",
    "Content",
    "Item",
    "Paper",
    "Question",
    "Rows",
    "Scene",
    "Strict",
    "missing_sentence",
    "names_of",
]
