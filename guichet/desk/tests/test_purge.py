"""After thirty days a space goes for good: what is left, what is not, and who wins a race."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import ForeignKey

from guichet import clock
from guichet.audit.models import Entry
from guichet.desk import tasks
from guichet.desk.actions import closing
from guichet.desk.tests.given import a_certification, a_full_space, a_live_merger, the_member
from guichet.files import actions as files
from guichet.files import disk
from guichet.files.models import File
from guichet.refusals import Refused
from guichet.spaces import actions, identifiers
from guichet.spaces.models import (
    AccessCode,
    Certification,
    GivenIdentifier,
    Membership,
    Merger,
    Space,
)
from guichet.spaces.tests.given import a_private_space, a_professional_space
from tests.cast import a_person, signed_on, travel
from tests.racing import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(settings, tmp_path):
    settings.DATA = tmp_path
    return a_person("Ada Muller", email="ada@example.lu")


def into_the_bin(person, space):
    actions.bin_space(the_member(person, space), typed=space.identifier)
    space.refresh_from_db()
    return space


def over(space, days=31):
    """As if it had been put there so long ago."""
    Space.objects.filter(pk=space.pk).update(binned_at=clock.now() - timedelta(days=days))
    return space


def rows_of(space):
    """Every row of the house with a key to the space, by model and field."""
    return {
        f"{field.model._meta.label}.{field.name}": set(
            field.model._default_manager.filter(**{field.name: space.pk}).values_list(
                "pk", flat=True
            )
        )
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is Space
    }


def test_nothing_with_a_key_to_it_is_left(ada):
    space = into_the_bin(ada, a_full_space(ada))
    kept = rows_of(space)
    empty = {name for name, rows in kept.items() if not rows}
    assert empty == {"spaces.Merger.absorbed"}, "the test has to fill each of these"
    entries = set(Entry.objects.values_list("pk", flat=True))
    report = File.objects.get(name="rapport.pdf")
    assert closing.purge(space.pk) is False, "not yet"
    assert closing.purge(over(space).pk) is True
    assert [name for name, rows in rows_of(space).items() if rows] == []
    assert not Space.objects.filter(pk=space.pk).exists()
    for name, keys in kept.items():
        label = name.rsplit(".", 1)[0]
        if label != "spaces.GivenIdentifier":
            assert not apps.get_model(label)._default_manager.filter(pk__in=keys).exists(), name
    assert entries < set(Entry.objects.values_list("pk", flat=True))
    assert not File.objects.exists()
    assert not AccessCode.objects.filter(made_by_member=ada).exists()
    bytes_left = list(Path(disk.folder()).glob(f"*/{report.digest}"))
    assert len(bytes_left) == 1, "until the sweep"


def test_the_register_keeps_how_much_of_what_went_and_no_name(ada):
    space = over(into_the_bin(ada, a_full_space(ada)))
    found = {section.name: section.count for section in closing.kept(space).sections}
    closing.purge(space.pk)
    entry = Entry.objects.get(event="space.purged")
    assert entry.space == space.pk
    assert entry.data["kind"] == "professional"
    for name in (
        "memberships",
        "invitations",
        "role-requests",
        "certifications",
        "contests",
        "mergers",
    ):
        assert entry.data[name] == found[name] > 0, name
    assert "Muller" not in str(Entry.objects.filter(space=space.pk).values())


def test_its_identifiers_are_retired_and_never_given_again(ada, monkeypatch):
    space = over(into_the_bin(ada, a_full_space(ada)))
    closing.purge(space.pk)
    row = GivenIdentifier.objects.get(pk=space.identifier)
    assert row.retired_at is not None
    assert (row.leads_to, GivenIdentifier.objects.get(pk="PM-AAAAAA").leads_to) == (None, None)
    drawn = iter([space.identifier, "PM-AAAAAA", "PM-ZZZZZZ"])
    monkeypatch.setattr(identifiers, "draw", lambda *_given, **_more: next(drawn))
    assert a_professional_space(ada).identifier == "PM-ZZZZZZ"


def test_its_address_is_no_page_any_more(client, ada):
    space = over(into_the_bin(ada, a_full_space(ada)))
    closing.purge(space.pk)
    signed_on(client, ada)
    for page in ("", "supprimer/", "retablir/", "export.zip", "espace/"):
        assert client.get(f"/fr/espaces/{space.identifier}/{page}").status_code == 404
    assert space.identifier not in client.get("/fr/espaces/corbeille/").content.decode()


def test_other_spaces_stay_as_they_are(ada):
    tom = a_person("Tom Weber")
    others = [a_private_space(ada), a_professional_space(ada, "Le four"), a_private_space(tom)]
    binned = into_the_bin(ada, a_professional_space(ada, "Le moulin"))
    others.append(binned)
    before = [rows_of(space) for space in others]
    space = over(into_the_bin(ada, a_professional_space(ada)))
    assert closing.purge_due() == 1
    assert [rows_of(other) for other in others] == before
    assert Space.objects.count() == len(others)
    assert not Space.objects.filter(pk=space.pk).exists()


def test_an_agents_certification_survives_its_holder_and_ends(ada):
    space, agents = a_full_space(ada), a_professional_space(a_person("Marc Klein"), "Fiduciaire")
    holder = Certification.objects.get(space=space)
    agent = a_certification(agents, a_person("Inès Schmit"), holder=holder)
    version = Space.objects.get(pk=agents.pk).version
    closing.purge(over(into_the_bin(ada, space)).pk)
    agent.refresh_from_db()
    assert (agent.holder, agent.revoked_why) == (None, "holder-ended")
    assert agent.revoked_at is not None
    assert Space.objects.get(pk=agents.pk).version == version + 1
    assert Entry.objects.filter(event="space.certification-ended", space=agents.pk).count() == 1


def test_a_merger_whose_other_side_lives_is_that_sides_history(ada):
    space, other = a_professional_space(ada), a_professional_space(ada, "Le four")
    merger = a_live_merger(other, space, ada)
    merger.cancelled_at = clock.now()
    merger.report = files.store(b"%PDF", name="r.pdf", media_type="application/pdf")
    merger.save()
    closing.purge(over(into_the_bin(ada, space)).pk)
    merger.refresh_from_db()
    assert (merger.absorbed, merger.kept) == (other, None)
    closing.purge(over(into_the_bin(ada, other)).pk)
    assert not Merger.objects.exists()
    assert not File.objects.exists()


def test_a_new_private_space_can_be_opened_once_the_old_one_is_gone(ada):
    space = over(into_the_bin(ada, a_private_space(ada)))
    with pytest.raises(Refused):
        a_private_space(ada)
    closing.purge(space.pk)
    assert a_private_space(ada).identifier != space.identifier


def test_the_task_purges_what_is_over_and_only_that(ada):
    early, due = a_professional_space(ada, "Le four"), a_professional_space(ada, "Le moulin")
    into_the_bin(ada, due)
    with travel(days=15):
        into_the_bin(ada, early)
    with travel(days=30, minutes=1):
        for _time in range(2):
            tasks.purge_spaces.func()
    assert list(Space.objects.all()) == [early]
    assert Entry.objects.filter(event="space.purged").count() == 1


def test_one_that_fails_stays_whole_and_the_others_go(ada, monkeypatch):
    first, second = [over(into_the_bin(ada, a_full_space(ada, n))) for n in ("Four",)] + [
        over(into_the_bin(ada, a_private_space(ada)), days=32)
    ]
    before = rows_of(first)
    delete = actions.delete_space

    def dies(space, **more):
        if space == first:
            raise OSError("killed")
        delete(space, **more)

    monkeypatch.setattr(actions, "delete_space", dies)
    with pytest.raises(RuntimeError, match="1 spaces could not be purged"):
        closing.purge_due()
    assert rows_of(first) == before
    assert not Space.objects.filter(pk=second.pk).exists()
    monkeypatch.undo()
    assert closing.purge_due() == 1
    assert closing.purge_due() == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_the_space_whole(ada, monkeypatch):
    space = over(into_the_bin(ada, a_full_space(ada)))
    before = rows_of(space)
    monkeypatch.setattr(
        actions, "delete_space", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
    )
    connection.close()
    child = os.fork()
    if child == 0:
        closing.purge(space.pk)
        os._exit(0)
    _child, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert rows_of(space) == before
    assert File.objects.count() == 2
    monkeypatch.undo()
    assert closing.purge(space.pk)


@transaction.atomic
def purge_and_check(space):
    """As at the commit, which a test never reaches."""
    closing.purge(space.pk)
    connection.check_constraints()


def test_a_room_that_forgets_to_leave_undoes_the_purge(ada, monkeypatch):
    space = over(into_the_bin(ada, a_full_space(ada)))
    before = rows_of(space)
    monkeypatch.setattr(actions, "leave", lambda _space: {})
    with pytest.raises(IntegrityError):
        purge_and_check(space)
    assert rows_of(space) == before


# --- Two at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(4))
@pytest.mark.parametrize("is_over", [True, False], ids=["over", "a-moment-before"])
def test_bringing_back_and_purging_at_the_same_instant_one_wins(ada, is_over, _round):
    """The limit lies between the two: whoever sees the space first decides, nothing is half."""
    space = into_the_bin(ada, a_professional_space(ada))
    member = the_member(ada, space)
    edge = Space.IN_THE_BIN + timedelta(milliseconds=0 if is_over else -150)
    Space.objects.filter(pk=space.pk).update(binned_at=clock.now() - edge)

    def back():
        return actions.bring_back(member) and "back"

    results = together(back, lambda: closing.purge(space.pk))
    there = Space.objects.filter(pk=space.pk).first()
    if "back" in results:
        assert there is not None
        assert there.binned_at is None
        assert False in results
        assert Membership.objects.filter(space=space).count() == 1
    elif there is None:
        assert "purged" in results
        assert True in results
        assert not Membership.objects.filter(space=space.pk).exists()
    assert Entry.objects.filter(event="space.purged").count() == (there is None)


@pytest.mark.django_db(transaction=True)
def test_two_workers_purge_a_space_once(ada):
    space = over(into_the_bin(ada, a_full_space(ada)))
    results = together(*[lambda: closing.purge(space.pk)] * 3)
    assert sorted(results) == [False, False, True]
    assert Entry.objects.filter(event="space.purged").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_administrators_delete_at_once_and_one_is_told_it_is_done(ada):
    space = a_professional_space(ada)
    member = the_member(ada, space)
    results = together(
        *[lambda: actions.bin_space(member, typed=space.identifier) and "binned"] * 2
    )
    assert sorted(results) == ["binned", "in-the-bin"]
    assert Entry.objects.filter(event="space.binned").count() == 1
