"""From folders to the database: a version is published once, and never changed."""

from pathlib import Path

from django.db import transaction

from guichet.audit.actions import record
from guichet.files import actions as files
from guichet.procedures import catalogue
from guichet.procedures.definitions import enclosing
from guichet.procedures.definitions.form import Form
from guichet.procedures.models import EnclosedFile, PublishedVersion


class NotPublishable(Exception):
    """The folders cannot be published; each line says which file, and why."""


@transaction.atomic
def publish() -> int:
    """Publish what is new in the folders; returns how many versions. Raises `NotPublishable`.

    All or nothing: with one fault, or one published version that was changed, nothing happens.
    """
    shelf = catalogue.shelf()
    wrong = [f"{f.file}:{f.line}: {f.message}" for f in shelf.faults if f.is_error]
    known = {
        (version.procedure, version.number): version.digest
        for version in PublishedVersion.objects.defer("source")
    }
    new = []
    for code, shelved in shelf.procedures.items():
        for number, form in shelved.forms.items():
            before = known.get((code, number))
            if before is None:
                new.append((form, shelved.versions[number].folder))
            elif before != form.digest:
                folder = shelved.versions[number].folder
                wrong.append(f"{folder}: published already, and changed since. Make a new version.")
    if wrong:
        raise NotPublishable("\n".join(wrong))
    for form, folder in new:
        _publish(form, folder)
    return len(new)


def _publish(form: Form, folder: Path) -> None:
    version = PublishedVersion.objects.create(
        procedure=form.code, number=form.version, digest=form.digest, source=form.source
    )
    for name, enclosure in form.enclosures.items():
        with (enclosing.folder_of(folder) / name).open("rb") as content:
            file = files.store(content, name=name, media_type=enclosure.media_type)
        if file.digest != enclosure.sha256:
            raise NotPublishable(f"{folder}: {name} was changed while it was published.")
        EnclosedFile.objects.create(version=version, name=name, file=file)
    record("procedures.version-published", about=version, procedure=form.code, number=form.version)
