"""What stands in the files of a procedure: `procedure.yaml`, and `form.yaml` of each version.

procedures/bicycle-subsidy/
  procedure.yaml            who it is for, whose it is, which versions are open
  v1/form.yaml              pages, questions, rules: never changed once published
  v1/texts.fr.yaml …        what people read
  v1/tests/*.yaml           answers in, what has to come out
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from guichet.procedures.fields import AnyItem, Check, Strict
from guichet.procedures.fields.base import Code, Name, Rule
from guichet.signon.levels import Level
from guichet.spaces.themes import Theme

PERIOD = r"^[1-9][0-9]{0,3}[dmy]$"


def _day(text: Any) -> Any:
    """A day as YAML 1.2 gives it: text."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else text
    except ValueError:
        raise ValueError("a day is written 2026-03-28") from None


Day = Annotated[date, BeforeValidator(_day)]
Period = Annotated[str, Field(pattern=PERIOD)]


def _theme(code: str) -> str:
    if code not in Theme.values:
        raise ValueError(f"themes are {', '.join(Theme.values)}")
    return code


ThemeCode = Annotated[str, AfterValidator(_theme)]
Audience = Literal["citizen", "business"]


class Opening(Strict):
    """When one version can be begun, and until when it can be sent: two dates."""

    version: Annotated[int, Field(ge=1, le=999)]
    start_from: Day | None = None
    start_until: Day | None = None  # the last day
    send_until: Day | None = None  # the last day


class Procedure(Strict):
    """`procedure.yaml`: what holds for all versions and may change at any time."""

    procedure: Code
    authority: Code
    themes: Annotated[tuple[ThemeCode, ...], Field(min_length=1)]
    audience: Annotated[tuple[Audience, ...], Field(min_length=1)]
    sign_on: Literal["needed", "possible"] = "needed"
    level: Literal["low", "substantial", "high"] = "substantial"
    certified_for: Code | None = None  # a service that the space has to be certified for
    versions: Annotated[tuple[Opening, ...], Field(min_length=1)]
    is_demonstration: bool = False  # the official form may ask otherwise
    source: str | None = None  # the law or page that it follows

    @property
    def level_needed(self) -> Level:
        """As the sign-on knows levels."""
        return Level[self.level.upper()]


class Page(Strict):
    """One page: a title, and at most six things to answer."""

    page: Code
    show_if: Rule | None = None
    items: Annotated[tuple[AnyItem, ...], Field(min_length=1)]


class Signer(Strict):
    """Somebody who has to sign. The first is whoever sends; each further one has a name here.

    `transfer`: signs in a space of their own, named by its identifier; otherwise another member
    of the same space signs.
    """

    signer: Code
    show_if: Rule | None = None
    transfer: bool = False


class Letter(Strict):
    """A document made from the answers at once; its paragraphs stand in the texts by code."""

    letter: Code
    paragraphs: Annotated[tuple["Paragraph", ...], Field(min_length=1)]


class Paragraph(Strict):
    """Printed when its rule holds."""

    paragraph: Code
    show_if: Rule | None = None


class Delay(Strict):
    """How long the authority has, by law or by its own word."""

    days: Annotated[int, Field(ge=0, le=1000)] | None = None
    months: Annotated[int, Field(ge=1, le=60)] | None = None
    working: bool = False
    silence: Literal["none", "granted", "refused"] = "none"  # what it means when that has passed


class DelayIf(Delay):
    """Another delay, when its rule holds."""

    when: Rule


class AuthorityIf(Strict):
    """Another authority decides, when its rule holds."""

    when: Rule
    authority: Code


class Definition(Strict):
    """`form.yaml`: one version. Immutable once published.

    Of `delay_if` and `authority_if` the first one whose rule holds counts, otherwise `delay` and the
    authority of the procedure.
    """

    procedure: Code
    version: Annotated[int, Field(ge=1, le=999)]
    cost_cents: Annotated[int, Field(ge=0)] | Rule = 0  # or a rule that gives money
    delay: Delay | None = None
    delay_if: tuple[DelayIf, ...] = ()
    authority_if: tuple[AuthorityIf, ...] = ()
    keep_drafts: Period = "90d"
    keep_sent: Period
    closes_after: Period | None = None  # a case ends by itself
    signed: bool = True
    signers: tuple[Signer, ...] = ()
    eligible: tuple[Check, ...] = ()
    pages: Annotated[tuple[Page, ...], Field(min_length=1)]
    declarations: tuple[Code, ...] = ()
    makes: Letter | None = None
    moved: dict[Name, Name] = {}  # questions of the version before, under their new name


Letter.model_rebuild()
