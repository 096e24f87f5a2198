"""People: their names, those who are looked up, those one lives with, those who sign too."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from pydantic import Field

from guichet.procedures.fields.base import (
    PART_LENGTH_MAX,
    Json,
    Question,
    Scene,
    again,
    line_of,
    lines_of,
    map_schema,
    require_map,
    text_in,
    wrong,
)
from guichet.procedures.fields.choices import texts_in
from guichet.procedures.fields.contact import clean_email, require_email
from guichet.procedures.fields.dates import DAY_SCHEMA, read_day_line, said_day, typed_day
from guichet.procedures.fields.identifiers import as_fault
from guichet.procedures.fields.parts import Lines, Part, Parts
from guichet.procedures.rules import Kind, Type, kinds
from guichet.registers import actions as registers
from guichet.registers import identifiers as numbers
from guichet.registers import names
from guichet.registers.base import Unavailable
from guichet.spaces import identifiers as spaces

PURPOSE = "procedure"  # why a register was asked


class PersonName(Question):
    """Somebody's name (5.6, type 22), in any script, of any number of words.

    The answer is {given, family[, birth]}; somebody without given names types a dash. Rules see it
    in one line, and `…_given`, `…_family`, `…_birth`.
    """

    type: Literal["person-name"]
    birth: bool = False  # asks for the name at birth too
    autocomplete: Literal["off", "own"] = "off"

    seconds: ClassVar[int] = 15
    parts = {"_given": kinds.TEXT, "_family": kinds.TEXT, "_birth": kinds.TEXT}

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    @property
    def _asked(self) -> list[str]:
        return ["given", "family", *(["birth"] if self.birth else [])]

    def held(self, answer: Json) -> dict[str, Any]:
        texts = {name: text_in(answer, name) for name in self._asked}
        found = {f"{self.id}_{name}": text for name, text in texts.items() if text}
        return {**super().held(self._line(answer)), **found}

    def _line(self, answer: Json) -> str:
        given, family = text_in(answer, "given"), text_in(answer, "family")
        return f"{given} {family}".strip() if given != "-" else family

    def widget(self, scene: Scene) -> forms.Widget:
        labels = {
            "given": (_("First names"), "given-name"),
            "family": (_("Last name"), "family-name"),
            "birth": (_("Name at birth, if it was another"), ""),
        }
        drawn = []
        for name in self._asked:
            label, token = labels[name]
            own = token if token and self.autocomplete == "own" else "off"
            drawn.append(Part(name, label, forms.TextInput({"autocomplete": own})))
        return Parts(drawn)

    def typed(self, answer: Json, scene: Scene) -> Any:
        return [text_in(answer, name) for name in self._asked]

    def read(self, typed: Any, scene: Scene) -> Json:
        texts = lines_of(typed, len(self._asked))
        return {name: text for name, text in zip(self._asked, texts, strict=True) if text} or None

    def check(self, answer: Json, scene: Scene) -> None:
        require_map(answer, (), self._asked)
        if "given" not in answer:
            raise wrong(
                _("Enter the first names too. Type a dash if there are none."), "name-given"
            )
        if not any(sign.isalpha() for sign in answer.get("family", "")):
            raise wrong(_("Enter the last name too."), "name-family")
        for text in answer.values():
            if line_of(text) != text:
                raise again()

    def said(self, answer: Json, scene: Scene) -> str:
        birth = text_in(answer, "birth")
        name = self._line(answer)
        if not birth or not self.birth:
            return name
        return _("%(name)s (name at birth: %(birth)s)") % {"name": name, "birth": birth}

    def json_schema(self) -> dict[str, Any]:
        return map_schema({"given": {}, "family": {}}, {"birth": {}} if self.birth else {})


class PersonLookup(Question):
    """Somebody by national number and last name, which have to match in the register (type 33).

    The answer is {number, family}, and after `look_up` also {name, checked: "yes"}; when the
    register did not answer, {checked: "no"}: accepted as typed, and said so. Nothing else of what
    the register knows is kept. Rules see the number, `…_family`, `…_name`, and `…_checked`.
    """

    type: Literal["person-lookup"]

    seconds: ClassVar[int] = 30
    parts = {"_family": kinds.TEXT, "_name": kinds.TEXT, "_checked": kinds.BOOLEAN}

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def held(self, answer: Json) -> dict[str, Any]:
        found = super().held(text_in(answer, "number"))
        for name in ("family", "name"):
            if text := text_in(answer, name):
                found[f"{self.id}_{name}"] = text
        return {**found, **held_checked(self, answer)}

    def widget(self, scene: Scene) -> forms.Widget:
        number = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
        family = forms.TextInput({"autocomplete": "off"})
        return Parts(
            [
                Part("number", _("National identification number, 13 digits"), number),
                Part("family", _("Last name"), family),
            ]
        )

    def typed(self, answer: Json, scene: Scene) -> Any:
        return [text_in(answer, "number"), text_in(answer, "family")]

    def read(self, typed: Any, scene: Scene) -> Json:
        number, family = lines_of(typed, 2)
        if not number and not family:
            return None
        return {
            "number": as_fault(numbers.person_number, number),
            **({"family": family} if family else {}),
        }

    def unasked(self, answer: Json) -> Json:
        typed = {name: text_in(answer, name) for name in ("number", "family")}
        return {**typed, "checked": "no"}

    def look_up(self, answer: Json, *, by: Model | None, before: Json = None) -> Json:
        number, family = text_in(answer, "number"), text_in(answer, "family")
        if is_still_checked(answer, before, ("number", "family")):
            return before
        try:
            found = registers.look_up_citizen(number, by=by, purpose=PURPOSE)
        except Unavailable:
            return self.unasked(answer)
        # One sentence for both: whoever guesses a number learns nothing about it.
        if found is None or not names.agree("", family, "", found.family_name):
            raise wrong(
                _("The register knows nobody with this number and this name. Check both."),
                "person-unknown",
            )
        return {"number": number, "family": family, "name": found.name, "checked": "yes"}

    def check(self, answer: Json, scene: Scene) -> None:
        if isinstance(answer, dict) and "family" not in answer:
            raise wrong(_("Enter the last name too."), "name-family")
        require_map(answer, ("number", "family"), ("name", "checked"))
        require_checked(answer)
        if as_fault(numbers.person_number, answer["number"]) != answer["number"]:
            raise again()

    def said(self, answer: Json, scene: Scene) -> str:
        name = text_in(answer, "name") or text_in(answer, "family")
        return "\n".join(filter(None, [name, text_in(answer, "number"), said_checked(answer)]))

    def json_schema(self) -> dict[str, Any]:
        return map_schema(
            {"number": {"pattern": "^[0-9]{13}$"}, "family": {}}, {"name": {}, "checked": CHECKED}
        )


# --- What a register said, or could not say

CHECKED: dict[str, Any] = {"enum": ["yes", "no"]}


def is_still_checked(answer: Json, before: Json, typed: tuple[str, ...]) -> bool:
    """Whether the draft holds this answer already, looked up."""
    return text_in(before, "checked") == "yes" and all(
        text_in(answer, name) == text_in(before, name) for name in typed
    )


def require_checked(answer: Json) -> None:
    """Raise `ValidationError` for a mark that `look_up` never makes."""
    if answer.get("checked", "no") not in ("yes", "no"):
        raise again()


def held_checked(question: Question, answer: Json) -> dict[str, bool]:
    """For rules: whether the register confirmed it. Unknown until it was asked."""
    said = {"yes": True, "no": False}.get(text_in(answer, "checked"))
    return {} if said is None else {f"{question.id}_checked": said}


def said_checked(answer: Json) -> str:
    """What stands below a value that the register could not confirm."""
    if text_in(answer, "checked") == "yes":
        return ""
    return _("Not checked in the register.")


# --- Several people


class MembersInput(forms.Widget):
    """Boxes for the people of the register, and lines for those who are not in the list."""

    template_name = "procedures/widgets/members.html"
    use_fieldset = True

    def __init__(self, known: list[tuple[str, str]], empty: int) -> None:
        super().__init__()
        self.boxes = forms.CheckboxSelectMultiple(choices=known)
        self.lines = Lines(
            [_("First and last name"), _("Date of birth")],
            lambda _column: forms.TextInput({"autocomplete": "off"}),
            empty=empty,
        )

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """What was ticked, and what was typed."""
        ticked = self.boxes.value_from_datadict(data, files, name)
        return [ticked or [], self.lines.value_from_datadict(data, files, f"{name}-more")]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether the page had none of it."""
        return self.lines.value_omitted_from_data(data, files, f"{name}-more")

    def id_for_label(self, id_: str) -> str:
        """It has a legend."""
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's, with both."""
        context = super().get_context(name, None, attrs)
        ticked, lines = value if isinstance(value, list) and len(value) == 2 else ([], [])
        own = context["widget"]["attrs"]
        more = {**own, "id": f"{own['id']}_more"} if "id" in own else own
        context["widget"] |= {
            "has_known": bool(self.boxes.choices),
            "boxes": self.boxes.get_context(name, ticked, own)["widget"],
            "more": self.lines.get_context(f"{name}-more", lines, more)["widget"],
        }
        return context


class FamilyMembers(Question):
    """Children, or others one lives with (5.6, type 36): a list of {name, born}.

    `given` holds whom the register knows, [{name, born}, …]: each is a box to tick. Who is not in
    the list is typed in one of `lines` lines. When the register did not answer, there are lines
    only. Nothing says afterwards whether somebody was ticked or typed: neither is a proof.
    """

    type: Literal["family-members"]
    min: int = Field(1, ge=0)
    max: int = Field(12, ge=1, le=50)
    lines: int = Field(2, ge=1, le=12)

    seconds: ClassVar[int] = 40

    @property
    def kind(self) -> Type:
        return Type(Kind.ROWS, fields={"name": kinds.TEXT, "born": kinds.DATE})

    def _known(self, scene: Scene) -> dict[str, dict[str, str]]:
        return {_key(one): one for one in scene.given.get(self.id) or ()}

    def widget(self, scene: Scene) -> forms.Widget:
        known = [(key, _said_member(one)) for key, one in self._known(scene).items()]
        return MembersInput(known, self.lines)

    def typed(self, answer: Json, scene: Scene) -> Any:
        known = self._known(scene)
        people = list(_members(answer))
        ticked = [_key(one) for one in people if _key(one) in known]
        lines = [
            [one["name"], " ".join(typed_day(one["born"])).strip()]
            for one in people
            if _key(one) not in known
        ]
        return [ticked, lines]

    def read(self, typed: Any, scene: Scene) -> Json:
        ticked, lines = typed if isinstance(typed, list) and len(typed) == 2 else ([], [])
        known = self._known(scene)
        chosen = texts_in(ticked)
        if not set(chosen) <= known.keys():
            raise wrong(_("Choose among the answers of the list."), "choice-unknown")
        found = [
            {"name": one["name"], "born": one["born"]}
            for key, one in known.items()
            if key in chosen
        ]
        for number, line in enumerate(lines if isinstance(lines, list) else [], start=1):
            name, born = lines_of(line, 2)
            if not name and not born:
                continue
            try:
                day = read_day_line(born)
            except ValidationError as fault:
                raise wrong(_in_line(number, fault.messages[0]), "line-wrong") from None
            if not name:
                raise wrong(_in_line(number, _("Enter the name.")), "line-wrong")
            if day is None:
                raise wrong(_in_line(number, _("Enter the date of birth.")), "line-wrong")
            found.append({"name": name, "born": day})
        return found or None

    def check(self, answer: Json, scene: Scene) -> None:
        people = list(_members(answer))
        if not isinstance(answer, list) or len(people) < len(answer):
            raise again()
        if len(people) < self.min:
            raise wrong(_("Add at least %(least)d.") % {"least": self.min}, "rows-few")
        if len(people) > self.max:
            raise wrong(_("%(most)d at most can be added.") % {"most": self.max}, "rows-many")
        today = kinds.day_number(scene.today)
        for one in people:
            born = kinds.days(one["born"])
            if born is not None and today is not None and born > today:
                words = _("%(name)s cannot be born after today. Check the date.")
                raise wrong(words % {"name": one["name"]}, "date-late")

    def said(self, answer: Json, scene: Scene) -> str:
        return "\n".join(map(_said_member, _members(answer)))

    def json_schema(self) -> dict[str, Any]:
        one = map_schema({"name": {}, "born": DAY_SCHEMA})
        return {"type": "array", "items": one, "minItems": self.min, "maxItems": self.max}


def _members(answer: Json) -> Iterator[dict[str, str]]:
    """The people of an answer; nothing else."""
    for one in answer if isinstance(answer, list) else []:
        if not isinstance(one, dict) or one.keys() != {"name", "born"}:
            continue
        name, born = text_in(one, "name"), text_in(one, "born")
        if 0 < len(name) <= PART_LENGTH_MAX and kinds.days(born) is not None:
            yield {"name": name, "born": born}


def _key(member: dict[str, str]) -> str:
    return f"{member['born']} {member['name']}"


def _said_member(member: dict[str, str]) -> str:
    born = said_day(kinds.days(member["born"]) or 0)
    return _("%(name)s, born on %(day)s") % {"name": member["name"], "day": born}


def _in_line(number: int, sentence: str) -> str:
    return _("Line %(number)d: %(sentence)s") % {"number": number, "sentence": sentence}


class CoSigner(Question):
    """Somebody who signs too, or answers for it (5.6, type 46).

    The answer is {name, email} or {name, space}: where to write to, or in which eSpace they sign.
    Rules see that text, and `…_name`.
    """

    type: Literal["co-signer"]

    seconds: ClassVar[int] = 20
    parts = {"_name": kinds.TEXT}

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def held(self, answer: Json) -> dict[str, Any]:
        found = super().held(self._where(answer))
        name = text_in(answer, "name")
        return {**found, f"{self.id}_name": name} if name else found

    def _where(self, answer: Json) -> str:
        return text_in(answer, "email") or text_in(answer, "space")

    def widget(self, scene: Scene) -> forms.Widget:
        off = {"autocomplete": "off", "spellcheck": "false"}
        return Parts(
            [
                Part("name", _("First and last name"), forms.TextInput(off)),
                Part(
                    "where", _("Email address, or identifier of the eSpace"), forms.TextInput(off)
                ),
            ]
        )

    def typed(self, answer: Json, scene: Scene) -> Any:
        return [text_in(answer, "name"), self._where(answer)]

    def read(self, typed: Any, scene: Scene) -> Json:
        name, where = lines_of(typed, 2)
        if not name and not where:
            return None
        if not name:
            raise wrong(_("Enter the name too."), "name-missing")
        if not where:
            raise wrong(_("Enter the email address or the identifier too."), "where-missing")
        if "@" in where:
            return {"name": name, "email": clean_email(where)}
        return {"name": name, "space": as_fault(spaces.read, where)}

    def check(self, answer: Json, scene: Scene) -> None:
        require_map(answer, ("name",), ("email", "space"))
        if "email" in answer and "space" not in answer:
            require_email(answer["email"])
        elif "space" in answer and "email" not in answer:
            if as_fault(spaces.read, answer["space"]) != answer["space"]:
                raise again()
        else:
            raise again()

    def said(self, answer: Json, scene: Scene) -> str:
        return "\n".join(filter(None, self.typed(answer, scene)))

    def json_schema(self) -> dict[str, Any]:
        space = {"space": {"pattern": f"^{spaces.PATTERN}$"}}
        return {"oneOf": [map_schema({"name": {}, "email": {}}), map_schema({"name": {}, **space})]}
