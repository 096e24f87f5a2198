"""What the database and the store hold, held against what people were told.

    python -m tools.soak.stored count <told.json>    figures and faults, as JSON
    python -m tools.soak.stored waiting              how much is still to be done

A process of its own, with the environment of the portal that was tried.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")

import django

django.setup()

from django.db.models import Count  # noqa: E402
from django_tasks_db.models import DBTaskResult  # noqa: E402

from guichet.audit.models import Entry  # noqa: E402
from guichet.files import disk  # noqa: E402
from guichet.files.models import File, State  # noqa: E402
from guichet.files.scanning import states  # noqa: E402
from guichet.post.models import Dispatch  # noqa: E402
from guichet.procedures.models import Draft, MadePaper, Submission  # noqa: E402
from guichet.proofs import actions as proofs  # noqa: E402
from guichet.registration.models import Request  # noqa: E402
from guichet.spaces.models import (  # noqa: E402
    Company,
    GivenIdentifier,
    Membership,
    Space,
    SpaceDraft,
)

Found = dict[str, Any]
PAPERS_OF_EACH = 2  # the slip, and what was sent


def waiting() -> int:
    """Mails that have not left, and tasks that have not ended."""
    tasks = DBTaskResult.objects.exclude(finished_at__isnull=False)
    return Dispatch.objects.waiting().count() + tasks.count()


def count(told: Found) -> Found:
    """Acknowledged against stored, and each stored thing against its parts."""
    spaces, of_spaces = _spaces(told)
    requests, of_requests = _requests(told)
    submissions, of_submissions = _submissions(told)
    faults = [*of_spaces, *of_requests, *of_submissions, *_bytes(), *_given_up()]
    return {**spaces, **requests, **submissions, "faults": faults}


def _spaces(told: Found) -> tuple[Found, list[str]]:
    faults = []
    drafts = dict(SpaceDraft.objects.exclude(finished_at=None).values_list("pk", "space_id"))
    spaces = set(
        Space.objects.professional()
        .filter(name__startswith="Atelier ")
        .exclude(name="Atelier Bench")
        .values_list("pk", flat=True)
    )
    finished = {str(draft): space for draft, space in drafts.items() if space in spaces}
    faults += [
        f"acknowledged, but not there: {draft}"
        for draft in told["spaces"]
        if not finished.get(draft)
    ]
    if len(set(finished.values())) != len(finished) or spaces != set(finished.values()):
        faults.append(f"{len(spaces)} spaces of {len(finished)} finished drafts")
    for model in (Membership, Company):
        of_spaces = model.objects.filter(space__in=spaces).values("space")
        if of_spaces.count() != len(spaces):
            faults.append(f"{of_spaces.count()} rows of {model.__name__} for {len(spaces)} spaces")
    given = GivenIdentifier.objects.count()
    if given != Space.objects.count():
        faults.append(f"{given} identifiers were given to {Space.objects.count()} spaces")
    opened = Entry.objects.filter(event="space.opened", space__in=spaces)
    if opened.count() != len(spaces):
        faults.append(f"{opened.count()} entries for {len(spaces)} opened spaces")
    return {"spaces": len(spaces)}, faults


def _requests(told: Found) -> tuple[Found, list[str]]:
    requests = Request.objects.filter(email__in=told["mails"])
    twice = requests.values("email").annotate(times=Count("pk")).filter(times__gt=1)
    faults = [f"asked once, stored {row['times']} times" for row in twice]
    if requests.count() < len(told["mails"]):
        faults.append(f"{len(told['mails'])} registrations acknowledged, {requests.count()} there")
    return {"requests": requests.count()}, faults


def _submissions(told: Found) -> tuple[Found, list[str]]:
    """Each acknowledged one once, with what was typed; each stored one whole."""
    faults: list[str] = []
    rows = Submission.objects.select_related("draft", "receipt")
    stored = {row.reference: row for row in rows}
    drafts = {row.draft_id for row in stored.values()}
    finished = Draft.objects.exclude(sent_at=None).count()
    if not len(stored) == len(drafts) == finished:
        faults.append(f"{len(stored)} submissions of {len(drafts)} drafts; {finished} say sent")
    references = Counter(one["reference"] for one in told["sent"])
    faults += [
        f"{number} was said {times} times" for number, times in references.items() if times > 1
    ]
    marks: Counter[str] = Counter()
    for row in stored.values():
        marks.update(str(value) for value in row.answers.values() if str(value).startswith("Metz "))
    faults += [f"“{mark}” was sent {times} times" for mark, times in marks.items() if times > 1]
    for one in told["sent"]:
        found = stored.get(one["reference"])
        if found is None:
            faults.append(f"acknowledged, but not there: {one['reference']}")
        else:
            faults += [f"{found.reference}: {fault}" for fault in _against(found, one)]
    made = Counter(MadePaper.objects.values_list("submission__reference", flat=True))
    sent = Counter(Entry.objects.filter(event="procedures.sent").values_list("about", flat=True))
    keys = Dispatch.objects.exclude(key=None).values_list("key", flat=True)
    mails = Counter(str(key) for key in keys)
    for row in stored.values():
        faults += [f"{row.reference}: {fault}" for fault in _parts(row, made, sent, mails)]
    return {
        "submissions": len(stored),
        "begun": Draft.objects.count(),
        "attachments": sum(len(one["papers"]) for one in told["sent"]),
        "made": sum(made.values()),
        "mails": {
            str(row.pk): str(row.to)
            for row in Dispatch.objects.filter(kind=Dispatch.Kind.MAIL).exclude(sent_at=None)
        },
    }, faults


def _against(row: Submission, one: Found) -> Iterator[str]:
    """What is there, held against what whoever sent it knows."""
    if row.answers.get(one["question"]) != one["mark"]:
        yield f"holds {row.answers.get(one['question'])!r} instead of {one['mark']!r}"
    if str(row.draft_id) != one["draft"]:
        yield "is of another draft"
    draft = row.draft
    assert draft is not None
    attached = list(draft.attachments.filter(removed_at=None).select_related("file"))
    for question, digest in one["papers"].items():
        there = [each.file for each in attached if each.path == question]
        if not there or (digest and digest not in {file.digest for file in there}):
            yield f"{question}: the paper is not there"
    clean = states(each.file for each in attached)
    if set(clean.values()) != {State.CLEAN}:
        yield "holds a paper that nobody has scanned"
    said = {(each["sha256"], each["size"]) for each in row.receipt.says["files"]}
    if said != {(each.file.digest, each.file.size_bytes) for each in attached}:
        yield "the receipt names other files"
    signed = draft.signatures.filter(signed_at__isnull=False, digest=row.digest).count()
    if signed != 1:
        yield f"has {signed} signatures"


def _parts(
    row: Submission, made: Counter[str], sent: Counter[str], mails: Counter[str]
) -> Iterator[str]:
    receipt = row.receipt
    written = proofs.receipt_file(receipt, salt=row.salt)
    if not proofs.stands(receipt) or proofs.verify(written) is not proofs.Verdict.GENUINE:
        yield "the receipt is not genuine"
    if receipt.says["reference"] != row.reference:
        yield "the receipt is of another one"
    if made[row.reference] != PAPERS_OF_EACH:
        yield f"{made[row.reference]} papers were made"
    if sent[f"submission:{row.pk}"] != 1:
        yield f"{sent[f'submission:{row.pk}']} entries of its sending"
    if mails[f"procedures.sent:{row.pk}"] != 1:
        yield f"{mails[f'procedures.sent:{row.pk}']} mails"


def _bytes() -> Iterator[str]:
    """Every file that a row names is there, with the bytes of its digest."""
    for digest, size in set(File.objects.values_list("digest", "size_bytes")):
        path = disk.place_of(digest)
        if not path.exists():
            yield f"a file is missing: {digest}"
        elif path.stat().st_size != size or disk.digest_of(path) != digest:
            yield f"a file is damaged: {digest}"


def _given_up() -> list[str]:
    failed = DBTaskResult.objects.failed().values_list("task_path", "exception_class_path")
    dead = Dispatch.objects.given_up().values_list("template", "last_error")
    return [f"given up: {task} {error}" for task, error in [*failed, *dead]]


if __name__ == "__main__":
    if sys.argv[1] == "waiting":
        print(waiting())
    else:
        print(json.dumps(count(json.loads(Path(sys.argv[2]).read_text()))))
