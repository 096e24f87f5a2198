"""Papers that somebody attaches. Their bytes are the room `files`' to take, look into and keep."""

import re
from typing import Any, ClassVar, Literal

from django import forms
from django.utils.translation import gettext as _
from pydantic import Field

from guichet.procedures.fields.base import Json, Question, Scene, line_of, text_in, wrong
from guichet.procedures.fields.choices import texts_in
from guichet.procedures.fields.identifiers import given_options
from guichet.procedures.fields.parts import one_of
from guichet.procedures.rules import Kind, Type, kinds

_KEY = r"[0-9A-Za-z_-]{1,64}"
_KEYS: dict[str, Any] = {"type": "string", "pattern": f"^{_KEY}$"}


class Paper(Question):
    """What is attached. The answer is a list of keys of attachments."""

    max_files: int = Field(1, ge=1, le=50)
    max_megabytes: int = Field(10, ge=1)
    accept: tuple[Literal["pdf", "image"], ...] = ("pdf", "image")
    is_identity: bool = False  # marked for its purpose before anybody reads it
    later: bool = False  # may be handed in after sending
    look: Literal["plain", "photo"] = "plain"  # a photo: one portrait, shown as one

    seconds: ClassVar[int] = 180

    @property
    def kind(self) -> Type:
        return Type(Kind.FILE)

    def held(self, answer: Json) -> dict[str, Any]:
        return super().held(answer[0]) if isinstance(answer, list) and answer else {}

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.HiddenInput()

    def typed(self, answer: Json, scene: Scene) -> Any:
        return texts_in(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        """The keys, where a page carries them; a page that attaches one by one sends none."""
        keys = texts_in(typed if isinstance(typed, list) else [typed])
        return [key for key in keys if key] or None

    def check(self, answer: Json, scene: Scene) -> None:
        """Shape and number; each was looked at when it was attached."""
        require_keys(answer)
        if len(answer) > self.max_files:
            words = _("Attach %(most)d at most. Remove one.")
            raise wrong(words % {"most": self.max_files}, "files-many")

    def said(self, answer: Json, scene: Scene) -> str:
        """How many; their names are known where they are kept."""
        return _("Attached: %(count)d") % {"count": len(texts_in(answer))}

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "array",
            "items": _KEYS,
            "minItems": 1,
            "maxItems": self.max_files,
            "uniqueItems": True,
        }


class File(Paper):
    """A supporting document (5.6, types 40 to 42): `is_identity` for identity papers, `look: photo`."""

    type: Literal["file"]


class DrawnSignature(Paper):
    """A picture of a signature (5.6, type 44): a file. It proves nothing and is never called more."""

    type: Literal["drawn-signature"]
    accept: tuple[Literal["pdf", "image"], ...] = ("image",)

    seconds: ClassVar[int] = 60


def require_keys(answer: Json) -> None:
    """Raise `ValidationError` unless it is a list of keys, each once."""
    keys = texts_in(answer)
    if (
        not isinstance(answer, list)
        or not keys
        or len(keys) < len(answer)
        or len(set(keys)) < len(keys)
        or not all(re.fullmatch(_KEY, key, re.ASCII) for key in keys)
    ):
        raise wrong(_("Attach the document again."), "files-unreadable")


class OwnDocument(Question):
    """Documents that the space has already (5.6, type 43). The answer is a list of keys.

    `given` holds what may be chosen, [{code, label}, …]; without it nothing may. Whoever sends
    copies them, with their digests: it is never a link to what may change.
    """

    type: Literal["own-document"]
    max_files: int = Field(1, ge=1, le=50)

    seconds: ClassVar[int] = 30

    @property
    def kind(self) -> Type:
        return Type(Kind.FILE)

    def held(self, answer: Json) -> dict[str, Any]:
        keys = texts_in(answer)
        return super().held(keys[0]) if keys else {}

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.CheckboxSelectMultiple(choices=given_options(self, scene))

    def typed(self, answer: Json, scene: Scene) -> Any:
        return texts_in(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        return [key for key in texts_in(typed) if key] or None

    def check(self, answer: Json, scene: Scene) -> None:
        require_keys(answer)
        if not set(answer) <= dict(given_options(self, scene)).keys():
            raise wrong(_("Choose among the documents of this eSpace."), "choice-unknown")
        if len(answer) > self.max_files:
            raise wrong(_("Choose %(most)d at most.") % {"most": self.max_files}, "choice-many")

    def said(self, answer: Json, scene: Scene) -> str:
        known = dict(given_options(self, scene))
        return "\n".join(known.get(key, key) for key in texts_in(answer))

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "array",
            "items": _KEYS,
            "minItems": 1,
            "maxItems": self.max_files,
            "uniqueItems": True,
        }


class CaseReference(Question):
    """Another case of the same space (5.6, type 47). The answer is its reference.

    `given` holds those that the person can see, [{code, label}, …]; without it none may be chosen.
    """

    type: Literal["case-reference"]

    seconds: ClassVar[int] = 12

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def widget(self, scene: Scene) -> forms.Widget:
        return one_of(given_options(self, scene), radios=False)

    def typed(self, answer: Json, scene: Scene) -> Any:
        return text_in(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        text = line_of(typed)
        known = given_options(self, scene)
        alike = [
            code for code, label in known if text and text.upper() in (code.upper(), label.upper())
        ]
        return alike[0] if len(alike) == 1 else text or None

    def check(self, answer: Json, scene: Scene) -> None:
        if text_in(answer) not in dict(given_options(self, scene)):
            raise wrong(_("Choose one of your cases."), "choice-unknown")

    def said(self, answer: Json, scene: Scene) -> str:
        text = text_in(answer)
        return dict(given_options(self, scene)).get(text, text)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": kinds.TEXT_LENGTH_MAX}
