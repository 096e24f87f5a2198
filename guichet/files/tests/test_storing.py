"""Storing, reading, sweeping."""

import fcntl
import hashlib
import io
import os
import stat
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from guichet.files import actions, disk
from guichet.files.models import File

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA = tmp_path


def store(content=b"paper", name="receipt.pdf"):
    return actions.store(content, name=name, media_type="application/pdf")


def on_disk():
    return {path.name: path for path in (Path(settings.DATA) / "files").glob("??/*")}


def age(path, days):
    past = time.time() - days * 86_400
    os.utime(path, (past, past))


def test_a_paper_is_read_as_it_was_stored():
    file = store(io.BytesIO(b"x" * 600_000))
    assert file.size_bytes == 600_000
    assert actions.read(file) == b"x" * 600_000
    assert file.digest == hashlib.sha256(b"x" * 600_000).hexdigest()
    with actions.open_file(file) as stream:
        assert stream.read(1) == b"x"


def test_equal_papers_lie_once_on_disk_and_keep_their_names():
    first, second = store(name="a.pdf"), store(name="b.pdf")
    assert (first.name, second.name) == ("a.pdf", "b.pdf")
    assert list(on_disk()) == [first.digest]
    actions.discard(first)
    age(on_disk()[second.digest], days=2)
    assert actions.sweep() == 0
    assert actions.read(second) == b"paper"


def test_nobody_else_on_the_machine_may_read_it():
    digest = store().digest
    path = on_disk()[digest]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_name_never_leads_out_of_the_folder():
    file = store(name="../../etc/passwd")
    assert on_disk()[file.digest].parent.parent == settings.DATA / "files"


def test_bytes_that_changed_or_went_are_noticed():
    file = store()
    on_disk()[file.digest].write_bytes(b"other")
    with pytest.raises(actions.Damaged):
        actions.read(file)
    on_disk()[file.digest].unlink()
    with pytest.raises(actions.Damaged):
        actions.open_file(file)


def test_a_paper_of_an_act_that_was_undone_is_swept_after_a_day():
    with transaction.atomic():
        digest = store().digest
        transaction.set_rollback(True)
    assert actions.sweep() == 0
    age(on_disk()[digest], days=2)
    assert actions.sweep() == 1
    assert not on_disk()


def test_a_paper_stored_again_while_being_swept_stays(monkeypatch):
    with transaction.atomic():
        digest = store().digest
        transaction.set_rollback(True)
    path = on_disk()[digest]
    age(path, days=2)

    lock = disk.locked

    def stored_again_meanwhile(how):
        if how == fcntl.LOCK_EX:
            store()
        return lock(how)

    monkeypatch.setattr(disk, "locked", stored_again_meanwhile)
    assert actions.sweep() == 0
    assert actions.read(File.objects.get()) == b"paper"


def test_what_was_never_finished_is_swept(monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "_copied", full)
    with pytest.raises(OSError, match="No space"):
        store()
    assert not File.objects.exists()
    assert not on_disk()
    (settings.DATA / "files" / "--" / "draft-1").touch()
    age(settings.DATA / "files" / "--" / "draft-1", days=2)
    assert actions.sweep() == 1


@pytest.mark.django_db(transaction=True)
def test_many_store_and_sweep_at_once_and_nothing_is_lost():
    start, stored = threading.Barrier(5), list[File]()

    def storing(number):
        start.wait()
        try:
            stored.extend(store(b"same" if turn % 2 else b"%d" % number) for turn in range(10))
        finally:
            connection.close()

    def sweeping():
        start.wait()
        try:
            for _turn in range(10):
                actions.sweep()
        finally:
            connection.close()

    threads = [threading.Thread(target=storing, args=(n,)) for n in range(4)]
    threads.append(threading.Thread(target=sweeping))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored) == 40
    for file in File.objects.order_by("pk"):
        actions.read(file)
