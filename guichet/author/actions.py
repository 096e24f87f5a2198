"""Showing a folder as it is now: each state of its files is a version of its own.

A published version is never changed, here neither: what is saved is published in the portal that is
thrown away, under the next number, and the drafts there move on to it as drafts of people do. Nothing
that was typed is lost; a page that was open meanwhile is kept as well.
"""

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings
from django.db.models import Max

from guichet.author.reading import Reading, read, stamp_of
from guichet.procedures import actions as procedures
from guichet.procedures import catalogue
from guichet.procedures.definitions.form import Form
from guichet.procedures.definitions.model import Definition, Opening, Procedure
from guichet.procedures.definitions.wording import needed_texts
from guichet.procedures.models import Draft, PublishedVersion
from guichet.refusals import NotAllowed, Refused
from guichet.spaces.models import Membership

_NUMBER_MAX = 999  # of a version, as in any definition
_guard = Lock()
_last: Reading | None = None
_shown: str = ""  # the digest of what was published last


def look() -> Reading:
    """The folder as it is at this moment; what can be used of it is shown from now on."""
    global _last, _shown
    folder = Path(settings.AUTHOR_FOLDER)
    with _guard:
        if _last is None or _last.stamp != stamp_of(folder):
            found = read(folder, settings.AUTHOR_VERSION)
            if found.is_usable and found.procedure and found.form:
                said = f"{found.form.digest} {found.procedure!r}"
                if said != _shown:
                    _shown = said
                    found = _show(found, found.procedure, found.form)
            _last = found
        return _last


def _show(found: Reading, procedure: Procedure, form: Form) -> Reading:
    """Publish it under the next number, open from now on, and bring the drafts along.

    Returns the reading, with one more fault if that cannot be.
    """
    code = procedure.procedure
    rows = PublishedVersion.objects.filter(procedure=code)
    number: int = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    if number > _NUMBER_MAX:
        return found.and_besides(
            "You have saved so often that numbers ran out. Begin anew: Ctrl-C."
        )
    about = procedure.model_copy(
        # No day and no certified space keeps the author from looking at it.
        update={"versions": (Opening(version=number),), "certified_for": None}
    )
    definition = form.definition.model_copy(
        # Names of the version before mean nothing to the state before.
        update={"procedure": code, "version": number, "moved": {}}
    )
    _write(about, definition, form)
    catalogue.forget()
    try:
        procedures.publish()
    except procedures.NotPublishable as reason:
        return found.and_besides(str(reason))
    _bring_along(code, number)
    return found


def _write(procedure: Procedure, definition: Definition, form: Form) -> None:
    """A folder of procedures that holds this one version. JSON is YAML."""
    (library,) = settings.PROCEDURES
    place = Path(library) / procedure.procedure
    shutil.rmtree(library, ignore_errors=True)
    version = place / f"v{definition.version}"
    version.mkdir(parents=True)
    whole = {
        place / "procedure.yaml": procedure.model_dump(mode="json", exclude_defaults=True),
        version / "form.yaml": definition.model_dump(mode="json", exclude_defaults=True),
        **{
            version / f"texts.{code}.yaml": with_gaps(definition, form.texts.get(code, {}))
            for code, _name in settings.LANGUAGES
        },
    }
    for file, data in whole.items():
        file.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def with_gaps(definition: Definition, texts: Mapping[str, Any]) -> dict[str, Any]:
    """The texts of a language; where one is missing, its place in brackets: "[pages.dog.title]"."""
    found: dict[str, Any] = json.loads(json.dumps(texts))
    for path in needed_texts(definition):
        at: Any = found
        for name in path[:-1]:
            at = at.setdefault(name, {}) if isinstance(at, dict) else None
        if isinstance(at, dict):
            at.setdefault(path[-1], f"[{'.'.join(path)}]")
    return found


def _bring_along(code: str, number: int) -> None:
    drafts = Draft.objects.open().filter(version__procedure=code, presented_at=None)
    for draft in drafts.select_related("version", "space"):
        rows = Membership.objects.filter(space=draft.space_id, person=draft.saved_by_id)
        member = rows.select_related("space", "person").first()
        if member is None:
            continue
        # Changed, sent or thrown away at this moment: it stays as it was.
        with suppress(Refused, NotAllowed):
            seen = procedures.preview(draft, to=number).digest
            procedures.move(member, draft=draft, to=number, seen=seen)
