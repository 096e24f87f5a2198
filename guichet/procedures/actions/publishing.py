"""From folders to the database: a version is published once, and never changed."""

from django.db import transaction

from guichet.audit.actions import record
from guichet.procedures import catalogue
from guichet.procedures.definitions.form import Form
from guichet.procedures.models import PublishedVersion


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
                new.append(form)
            elif before != form.digest:
                folder = shelved.versions[number].folder
                wrong.append(f"{folder}: published already, and changed since. Make a new version.")
    if wrong:
        raise NotPublishable("\n".join(wrong))
    for form in new:
        _publish(form)
    return len(new)


def _publish(form: Form) -> None:
    source = {
        "form": form.definition.model_dump(mode="json", exclude_defaults=True),
        "texts": form.texts,
    }
    version = PublishedVersion.objects.create(
        procedure=form.code, number=form.version, digest=form.digest, source=source
    )
    record("procedures.version-published", about=version, procedure=form.code, number=form.version)
