"""The types of questions. To add one: a class in a module here, and its name in `SIMPLE`.

What a type has to offer is written in `base`. `AnyItem` is what may stand on a page; inside a
repetition everything may but another repetition.
"""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, get_args

from pydantic import Field

from guichet.procedures.fields.base import (
    AnswerField,
    Check,
    Content,
    Item,
    Question,
    Scene,
    Strict,
)
from guichet.procedures.fields.businesses import BusinessLookup
from guichet.procedures.fields.choices import Choice, Choices, LinkedChoice, Tick, YesNo
from guichet.procedures.fields.codelists import ListedCode
from guichet.procedures.fields.computed import Computed
from guichet.procedures.fields.contact import Email, Phone, Url
from guichet.procedures.fields.content import (
    Download,
    Heading,
    Help,
    Image,
    Note,
    Signature,
    Video,
)
from guichet.procedures.fields.dates import Date
from guichet.procedures.fields.identifiers import (
    Branch,
    BusinessId,
    Iban,
    NationalId,
    Plate,
    Rcs,
    Vat,
    Vin,
)
from guichet.procedures.fields.known import Context, RegisterValue
from guichet.procedures.fields.numbers import DecimalNumber, Integer, Money, Percentage, Quantity
from guichet.procedures.fields.papers import (
    CaseReference,
    DrawnSignature,
    File,
    OwnDocument,
    Paper,
)
from guichet.procedures.fields.persons import CoSigner, FamilyMembers, PersonLookup, PersonName
from guichet.procedures.fields.places import Address, CommuneQuestion, Country, Nationality
from guichet.procedures.fields.rows import ROW_KEY, RowsBase, names_of
from guichet.procedures.fields.scales import Likert, Ranking, Rating
from guichet.procedures.fields.tables import Table
from guichet.procedures.fields.text import Format, LongText, Text
from guichet.procedures.fields.times import DateTime, IncompleteDate, Period, Time

# What a row of a repetition may hold.
SIMPLE: tuple[type[Item], ...] = (
    Address,
    Branch,
    BusinessId,
    BusinessLookup,
    CaseReference,
    Choice,
    Choices,
    CoSigner,
    CommuneQuestion,
    Computed,
    Context,
    Country,
    Date,
    DateTime,
    DecimalNumber,
    Download,
    DrawnSignature,
    Email,
    File,
    Format,
    Heading,
    Help,
    Iban,
    Image,
    IncompleteDate,
    Integer,
    Likert,
    LinkedChoice,
    ListedCode,
    LongText,
    Money,
    NationalId,
    Nationality,
    Note,
    OwnDocument,
    Percentage,
    Period,
    PersonLookup,
    PersonName,
    Phone,
    Plate,
    Quantity,
    Ranking,
    Rating,
    Rcs,
    RegisterValue,
    Signature,
    Text,
    Tick,
    Time,
    Url,
    Vat,
    Video,
    Vin,
    YesNo,
)
# Repetitions, which stand in no other.
LISTS: tuple[type[Item], ...] = (FamilyMembers, Table)

if TYPE_CHECKING:
    RowItem = Item
    AnyItem = Item
else:
    RowItem = Annotated[reduce(or_, SIMPLE), Field(discriminator="type")]


class Rows(RowsBase):
    """The same questions several times (5.6, type 38): everything but further repetitions."""

    questions: tuple[RowItem, ...]


ALL: tuple[type[Item], ...] = (*SIMPLE, *LISTS, Rows)

if not TYPE_CHECKING:
    AnyItem = Annotated[reduce(or_, ALL), Field(discriminator="type")]


def type_name(of: type[Item]) -> str:
    """How a definition calls it."""
    return str(get_args(of.model_fields["type"].annotation)[0])


__all__ = [
    "ALL",
    "LISTS",
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
    "Signature",
    "Strict",
    "names_of",
    "type_name",
]
