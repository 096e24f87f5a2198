"""Papers that come piece by piece."""

import io
import os
import stat
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from guichet import clock
from guichet.files import actions, disk
from guichet.files.models import UPLOADS_KEPT, File, Scan, Upload
from guichet.files.tests.given import LIMITS, a_pdf
from guichet.jobs.worker import Worker
from guichet.refusals import Refused
from tests.racing import together

pytestmark = pytest.mark.django_db


def begun(content=b"x" * 1000, name="facture.pdf"):
    return actions.begin(name, len(content), LIMITS)


def reading(content):
    return io.BytesIO(content).read


def sent(content=None, name="facture.pdf"):
    content = a_pdf() if content is None else content
    upload = begun(content, name)
    actions.append(upload, 0, reading(content))
    return upload


def test_pieces_become_a_paper():
    content = a_pdf()
    upload = begun(content)
    actions.append(upload, 0, reading(content[:300]))
    assert (upload.received_bytes, upload.is_whole) == (300, False)
    actions.append(upload, 300, reading(content[300:]))
    assert upload.is_whole
    file = actions.finish(upload, LIMITS)
    assert actions.read(file) == content
    assert (file.name, file.media_type) == ("facture.pdf", "application/pdf")
    assert upload.file == file
    assert not disk.part_of(upload.pk).exists()
    assert Scan.objects.get().digest == file.digest


def test_what_arrives_is_for_nobody_else_on_the_machine():
    upload = sent()
    assert stat.S_IMODE(disk.part_of(upload.pk).stat().st_mode) == 0o600


def test_finishing_twice_is_once():
    upload = sent()
    file = actions.finish(upload, LIMITS)
    assert actions.finish(Upload.objects.get(), LIMITS) == file
    assert File.objects.count() == 1
    assert [path.name for path in disk.drafts().iterdir()] == []


def test_a_finished_upload_takes_nothing_more():
    upload = sent()
    actions.finish(upload, LIMITS)
    actions.append(upload, upload.size_bytes, reading(b""))
    for offset, content in ((upload.size_bytes, b"x"), (0, b"")):
        with pytest.raises(actions.WrongOffset):
            actions.append(upload, offset, reading(content))
    actions.stop(upload)
    assert actions.read(File.objects.get()) == a_pdf()
    assert list(disk.drafts().iterdir()) == []


def test_an_upload_that_was_stopped_meanwhile_takes_nothing():
    upload = begun()
    actions.stop(Upload.objects.get())
    with pytest.raises(actions.Locked):
        actions.append(upload, 0, reading(b"x"))
    assert list(disk.drafts().iterdir()) == []


def test_the_same_bytes_lie_once_on_disk_and_are_scanned_once():
    files = [actions.finish(sent(name=name), LIMITS) for name in ("a.pdf", "b.pdf")]
    assert [file.name for file in files] == ["a.pdf", "b.pdf"]
    assert len(list(disk.folder().glob("??/*"))) == 1
    assert Scan.objects.count() == 1


def test_a_piece_that_begins_elsewhere_is_not_added():
    upload = begun()
    actions.append(upload, 0, reading(b"x" * 400))
    for offset in (0, 399, 401, 1000):
        with pytest.raises(actions.WrongOffset):
            actions.append(upload, offset, reading(b"y"))
    assert upload.received_bytes == 400


def test_more_than_was_announced_is_not_taken():
    upload = begun(b"x" * 10)
    with pytest.raises(Refused) as refused:
        actions.append(upload, 0, reading(b"x" * 11))
    assert refused.value.code == "too-large"
    assert disk.part_of(upload.pk).stat().st_size == 0


def test_a_connection_that_breaks_leaves_what_had_arrived():
    upload = begun()
    body = io.BytesIO(b"x" * 600)

    def breaking(most):
        piece = body.read(min(most, 250))
        if not piece:
            raise OSError("reset by peer")
        return piece

    with pytest.raises(actions.Broken):
        actions.append(upload, 0, breaking)
    assert Upload.objects.get().received_bytes == 600


def test_after_a_server_died_in_a_piece_what_is_on_disk_counts():
    upload = begun()
    actions.append(upload, 0, reading(b"x" * 100))
    with disk.part_of(upload.pk).open("ab") as part:
        part.write(b"x" * 50)  # written, and then the server died before it noted that
    actions.look_again(upload)
    assert Upload.objects.get().received_bytes == 150


def test_bytes_that_are_gone_are_noticed():
    upload = begun()
    actions.append(upload, 0, reading(b"x" * 100))
    disk.part_of(upload.pk).unlink()
    with pytest.raises(actions.Damaged):
        actions.look_again(upload)


def test_a_full_disk_is_said_and_what_is_there_kept(monkeypatch):
    upload = begun(b"x" * 1_000_000)
    write, calls = disk.write_all, []

    def full(handle, content):
        calls.append(1)
        if len(calls) == 2:
            os.write(handle, content[:10])
            raise OSError(28, "No space left on device")
        write(handle, content)

    monkeypatch.setattr(disk, "write_all", full)
    with pytest.raises(Refused) as refused:
        actions.append(upload, 0, reading(b"x" * 1_000_000))
    assert refused.value.code == "no-room"
    assert upload.received_bytes == disk.CHUNK_BYTES + 10


def test_while_one_writes_others_are_told_to_wait():
    upload = begun()
    inside: list[int] = []

    def slow(_most):
        if inside:
            return b""
        inside.append(1)
        for act in (
            lambda: actions.append(Upload.objects.get(), 0, reading(b"y")),
            lambda: actions.look_again(Upload.objects.get()),
            lambda: actions.stop(Upload.objects.get()),
            lambda: actions.finish(Upload.objects.get(), LIMITS),
        ):
            with pytest.raises(actions.Locked):
                act()
        return b"x" * 5

    actions.append(upload, 0, slow)
    assert upload.received_bytes == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_the_same_piece_at_once_one_writes():
    for _turn in range(5):
        upload = begun(b"x" * 900_000)
        start = threading.Barrier(2)

        def piece(sign, start=start, key=upload.pk):
            source = io.BytesIO(sign * 900_000)
            own = Upload.objects.get(pk=key)
            start.wait()
            try:
                actions.append(own, 0, lambda most: source.read(min(most, 10_000)))
            except (actions.Locked, actions.WrongOffset):
                return "told to wait"
            return "written"

        told = together(lambda: piece(b"a"), lambda: piece(b"b"))
        assert told.count("written") == 1, told
        upload.refresh_from_db()
        assert upload.is_whole
        assert len(set(disk.part_of(upload.pk).read_bytes())) == 1, "mixed"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_finish_at_once_one_makes_the_paper():
    upload = sent()

    def finishing():
        try:
            return actions.finish(Upload.objects.get(pk=upload.pk), LIMITS).pk
        except actions.Locked:
            return None

    made = set(together(finishing, finishing)) - {None}
    assert len(made) == 1
    assert File.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_stopping_while_a_piece_comes_leaves_nothing_half():
    upload = begun(b"x" * 500_000)

    def sending():
        try:
            actions.append(Upload.objects.get(pk=upload.pk), 0, reading(b"x" * 500_000))
        except actions.Locked:
            return "told to wait"
        except Upload.DoesNotExist:
            return "gone"
        return "sent"

    def stopping():
        try:
            actions.stop(Upload.objects.get(pk=upload.pk))
        except actions.Locked:
            return "told to wait"
        return "stopped"

    told = together(sending, stopping)
    assert disk.part_of(upload.pk).exists() == Upload.objects.exists() == ("stopped" not in told)


def test_a_paper_that_is_not_accepted_is_gone_and_its_upload_too():
    upload = sent(b"MZ\x90\x00 this program cannot be run in DOS mode")
    with pytest.raises(Refused) as refused:
        actions.finish(upload, LIMITS)
    assert refused.value.code == "file-type"
    assert not Upload.objects.exists()
    assert list(disk.drafts().iterdir()) == []
    assert not File.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_finish_that_is_undone_can_be_done_again(monkeypatch):
    upload = sent()

    def failing(*_):
        raise RuntimeError("the database went away")

    with monkeypatch.context() as patch:
        patch.setattr(actions, "keep", failing)
        with pytest.raises(RuntimeError):
            actions.finish(upload, LIMITS)
    assert actions.read(actions.finish(Upload.objects.get(), LIMITS)) == a_pdf_as_stored()
    assert list(disk.drafts().iterdir()) == []


def a_pdf_as_stored():
    return disk.place_of(File.objects.get().digest).read_bytes()


@pytest.mark.parametrize(("size", "code"), [(0, "empty"), (2_000_001, "too-large")])
def test_a_size_that_is_not_taken_is_refused_at_once(size, code):
    with pytest.raises(Refused) as refused:
        actions.begin("a.pdf", size, LIMITS)
    assert refused.value.code == code


def test_the_database_holds_the_rules():
    for wrong in (
        {"size_bytes": 0},
        {"size_bytes": 5, "received_bytes": 6},
        {"size_bytes": 5, "received_bytes": 5, "finished_at": clock.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Upload.objects.create(name="x", **wrong)


# --- Afterwards


@pytest.fixture
def later(monkeypatch):
    now = clock.now()
    return lambda by: monkeypatch.setattr(clock, "now", lambda: now + by)


def test_an_upload_that_nobody_continues_goes_with_its_bytes(later):
    old, living = sent(), sent()
    later(timedelta(days=1))
    actions.stop(living)
    living = begun()
    actions.append(living, 0, reading(b"x"))
    later(UPLOADS_KEPT + timedelta(hours=1))
    assert actions.forget_uploads() == 1
    assert list(Upload.objects.all()) == [living]
    assert [path.name for path in disk.drafts().iterdir()] == [f"upload-{living.pk}"]
    assert old.pk != living.pk


def test_the_sweep_leaves_uploads_that_live():
    upload = sent()
    stray = disk.drafts() / "upload-01a214d5-cd74-774b-8bd2-e77b53972865"
    stray.touch()
    for path in disk.drafts().iterdir():
        os.utime(path, (0, 0))
    assert actions.sweep() == 1
    assert disk.part_of(upload.pk).exists()
    assert not stray.exists()


def test_a_paper_that_no_room_took_goes_with_its_upload(later):
    actions.finish(sent(), LIMITS)
    later(UPLOADS_KEPT + timedelta(hours=1))
    actions.forget_uploads()
    assert not File.objects.exists()


def test_a_paper_that_a_room_took_stays(later):
    from guichet.post.models import Dispatch

    file = actions.finish(sent(), LIMITS)
    Dispatch.objects.create(
        kind="letter", template="x", language="fr", subject="x", addressee=["x"], file=file
    )
    later(UPLOADS_KEPT + timedelta(hours=1))
    actions.forget_uploads()
    assert not Upload.objects.exists()
    assert actions.read(File.objects.get())


def test_what_is_being_sent_is_not_forgotten(later):
    upload = begun()
    later(UPLOADS_KEPT + timedelta(hours=1))
    turns = []

    def slow(_most):
        turns.append(actions.forget_uploads())
        return b""

    actions.append(upload, 0, slow)
    assert Upload.objects.exists()


def test_the_rounds_run():
    from guichet.files import tasks

    sent()
    tasks.sweep.enqueue()
    tasks.forget_uploads.enqueue()
    tasks.scan_waiting.enqueue()
    assert Worker().work_off() == 3
