"""What every type of question has. A type is one class here: how it is written in a definition
(its fields), which values it has for rules, how it is drawn, read, checked, and said again.

A value lives in three shapes:

- *typed*: what a form carries, text or a list of texts; what the widget shows again;
- *answer*: JSON, as drafts and cases keep it (`guichet.procedures.rules.kinds` lists the shapes);
- *held*: what rules compute with.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator

from guichet.procedures.definitions.words import Words
from guichet.procedures.fields import prefills
from guichet.procedures.rules import Kind, Type, kinds
from guichet.procedures.rules.evaluate import Run
from guichet.spaces.lines import line

Json = Any

# A name for rules (no dashes); stable for ever: another meaning is another name.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
# A code of an option, a page, a check: kept in answers and addresses.
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Rule = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
PART_LENGTH_MAX = 500  # of a text inside an answer of several parts

# A whole number, or a rule that gives the bound: "today - 18y".
Bound = int | Rule


class Strict(BaseModel):
    """Nothing but what is named here; nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Check(Strict):
    """A rule that has to hold. Its sentence stands in the texts, under `checks`, by its code.

    An error keeps somebody from sending; a warning only says so.
    """

    check: Code
    rule: Rule
    level: Literal["error", "warning"] = "error"


@dataclass(frozen=True)
class Scene:
    """What a question is asked in: whose words, which day, what is known so far."""

    words: Words
    today: date
    rules: Mapping[tuple[str, str], Run] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)  # held
    row: Mapping[str, Any] = field(default_factory=dict)  # held, inside a repetition
    # What only the moment knows, by item id: options, a register's value. The page gives it.
    given: Mapping[str, Any] = field(default_factory=dict)
    # What was said of questions without an answer, by item id: shared by all rows (`missing`).
    missing: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def within(self, row: Mapping[str, Any]) -> Self:
        """The same, for the questions of one row."""
        return replace(self, row=row)

    def ask(self, item: "Item", rule: str) -> Any:
        """What one of the item's rules gives now; None without such a rule, and for unknown."""
        run = self.rules.get((item.id, rule))
        return run(self.values, self.row) if run is not None else None


class Item(Strict):
    """Anything on a page: a question, or something to read."""

    id: Name
    show_if: Rule | None = None

    seconds: ClassVar[int] = 5  # what a reader needs for it, for the time told at the start
    asks: ClassVar[bool] = False  # has an answer

    def rules(self) -> dict[str, tuple[str, Kind]]:
        """Its rules by what they are for, each with the kind that it has to give."""
        return {"show_if": (self.show_if, Kind.BOOLEAN)} if self.show_if else {}

    def texts(self) -> list[tuple[str, ...]]:
        """Paths of the texts that it needs in each language."""
        return []

    def free_texts(self) -> list[tuple[str, ...]]:
        """Paths of texts that only its type may have, and need not."""
        return []


class Question(Item):
    """An item with an answer.

    `typed`, `said`, `held` and `check` take whatever is stored, and raise nothing but `check` its
    `ValidationError`: a draft may have been written by another version, or by somebody else.
    """

    optional: bool = False
    required_if: Rule | None = None  # only then it has to be answered
    checks: tuple[Check, ...] = ()
    prefill: Code | None = None  # where a first value comes from: "person-email"
    agent_only: bool = False  # written by the administration, never shown here
    keep: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}[dmy]$")] | None = None

    asks: ClassVar[bool] = True
    is_only_shown: ClassVar[bool] = False  # nobody types it, nor changes it
    parts: ClassVar[Mapping[str, Type]] = {}  # further values for rules, "_from": DATE

    @field_validator("prefill")
    @classmethod
    def _prefill_is_known(cls, code: str | None) -> str | None:
        """A first value is of a kind that this type of question can take."""
        if code is not None:
            prefills.require(code, get_args(cls.model_fields["type"].annotation)[0])
        return code

    @property
    def kind(self) -> Type:
        """What rules see under its name."""
        raise NotImplementedError

    def names(self) -> dict[str, Type]:
        """What rules may look at: itself, and its parts."""
        return {self.id: self.kind, **{self.id + end: kind for end, kind in self.parts.items()}}

    def held(self, answer: Json) -> dict[str, Any]:
        """The values under these names; absent ones are left out."""
        value = kinds.held(answer, self.kind)
        return {} if value is None else {self.id: value}

    def rules(self) -> dict[str, tuple[str, Kind]]:
        """Shown, required, the checks, and the bounds of its type."""
        found = super().rules()
        if self.required_if:
            found["required_if"] = (self.required_if, Kind.BOOLEAN)
        for check in self.checks:
            found[f"check:{check.check}"] = (check.rule, Kind.BOOLEAN)
        for name, kind in self.bounds().items():
            if isinstance(bound := getattr(self, name), str):
                found[name] = (bound, kind)
        return found

    def bounds(self) -> dict[str, Kind]:
        """Which of its settings may be a rule, and what that has to give."""
        return {}

    def bound(self, name: str, scene: Scene) -> Any:
        """A bound as a held value; None without one, or while it is unknown."""
        value = getattr(self, name)
        return value if isinstance(value, int) else scene.ask(self, name)

    def texts(self) -> list[tuple[str, ...]]:
        """Its label, and the sentence of each check."""
        checks = [("checks", check.check) for check in self.checks]
        return [("questions", self.id, "label"), *checks]

    # --- Drawn, read, checked, said

    def widget(self, scene: Scene) -> forms.Widget:
        """What it is typed into."""
        return forms.TextInput()

    def field(self, scene: Scene) -> "AnswerField":
        """The field of a form; its `clean` gives the answer."""
        return AnswerField(self, scene)

    def typed(self, answer: Json, scene: Scene) -> Any:
        """An answer as the widget shows it."""
        return answer

    def read(self, typed: Any, scene: Scene) -> Json:
        """What somebody typed as an answer; None for nothing. Raises `ValidationError`."""
        text = line_of(typed)
        return text or None

    def look_up(self, answer: Json, *, by: Model | None, before: Json = None) -> Json:
        """The answer with what a register says of it; of most types, the answer itself.

        For the page to call when it saves, outside a transaction; never called by `check`. `before`
        is what the draft holds: what was checked and is unchanged is not asked again. Raises
        `ValidationError` when the register knows nobody of that description.
        """
        return answer

    def check(self, answer: Json, scene: Scene) -> None:
        """Raise `ValidationError` when this answer cannot stand, whoever wrote it.

        Asked again before sending: what was right in March may be too late in June.
        """
        raise NotImplementedError

    def said(self, answer: Json, scene: Scene) -> str:
        """The answer in words, for the review page and the PDF."""
        return answer if isinstance(answer, str) else ""

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12 of the answer."""
        raise NotImplementedError

    # --- For all types

    def label(self, words: Words) -> str:
        """What is asked."""
        return words("questions", self.id, "label")

    def missing(self, scene: Scene) -> str:
        """What to say when it has to be answered and is not: made once, it serves every row."""
        if self.id not in scene.missing:
            words = scene.words("questions", self.id, "missing")
            scene.missing[self.id] = words or _missing(self.label(scene.words), self.widget(scene))
        return scene.missing[self.id]

    def is_required(self, scene: Scene) -> bool:
        """Whether it has to be answered now."""
        if self.required_if:
            return scene.ask(self, "required_if") is True
        return not self.optional

    def failing(self, scene: Scene) -> list[Check]:
        """The checks that do not hold now. Unknown holds: what it looks at is asked for itself."""
        return [c for c in self.checks if scene.ask(self, f"check:{c.check}") is False]


class Content(Item):
    """Something to read."""


class AnswerField(forms.Field):
    """A question in a form. What is missing does not stop a save; what cannot be read does."""

    more: str = ""  # a longer help, opened by who wants it

    def __init__(self, question: Question, scene: Scene) -> None:
        words = scene.words
        super().__init__(
            label=question.label(words),
            help_text=words("questions", question.id, "hint"),
            required=question.is_required(scene),
            widget=question.widget(scene),
            disabled=question.is_only_shown,
        )
        self.more = words("questions", question.id, "help")
        self.question = question
        self.scene = scene

    def clean(self, value: Any) -> Json:
        """The answer, or None. Raises `ValidationError`."""
        answer = self.question.read(value, self.scene)
        if answer is None or answer == [] or answer == {}:
            return None
        self.question.check(answer, self.scene)
        return answer


def _missing(label: str, widget: forms.Widget) -> str:
    """What to do about a question without an answer, by how it is answered."""
    several = (forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple)
    if isinstance(widget, forms.CheckboxInput):
        words = _("Tick “%(label)s” to continue.")
    elif isinstance(widget, several):
        words = _("Choose an answer for “%(label)s”.")
    elif isinstance(widget, forms.HiddenInput):
        words = _("Add “%(label)s”.")
    else:
        words = _("Fill in “%(label)s”.")
    return words % {"label": label}


def wrong(message: str, code: str = "wrong") -> ValidationError:
    """A sentence beside the question."""
    return ValidationError(message, code=code)


def again() -> ValidationError:
    """For what no page of ours wrote."""
    return wrong(_("Answer this question again."), "shape")


def line_of(typed: Any) -> str:
    """What was typed into one line, without what nobody can see; empty for anything else."""
    return line(typed[: kinds.TEXT_LENGTH_MAX]) if isinstance(typed, str) else ""


def lines_of(typed: Any, count: int) -> list[str]:
    """What was typed into `count` boxes of one question."""
    given = list(typed[:count]) if isinstance(typed, list) else []
    return [line_of(part) for part in given] + [""] * (count - len(given))


def text_in(answer: Json, name: str = "") -> str:
    """A text of an answer, or of the map that it is; empty for anything else."""
    found = answer.get(name) if name and isinstance(answer, dict) else answer
    return found if isinstance(found, str) and len(found) <= kinds.TEXT_LENGTH_MAX else ""


def require_map(answer: Json, needed: Iterable[str], possible: Iterable[str] = ()) -> None:
    """Raise `ValidationError` unless it is a map of short texts with these names."""
    needed = set(needed)
    if not isinstance(answer, dict) or not needed <= answer.keys() <= needed | set(possible):
        raise again()
    if not all(
        isinstance(value, str) and 0 < len(value) <= PART_LENGTH_MAX for value in answer.values()
    ):
        raise again()


def map_schema(
    needed: Mapping[str, Any], possible: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """JSON Schema of a map of texts; what a name may hold further is `needed[name]`."""
    short = {"type": "string", "minLength": 1, "maxLength": PART_LENGTH_MAX}
    named = {**needed, **(possible or {})}
    return {
        "type": "object",
        "properties": {name: {**short, **more} for name, more in named.items()},
        "required": sorted(needed),
        "additionalProperties": False,
    }
