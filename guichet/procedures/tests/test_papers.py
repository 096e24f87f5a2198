"""Papers beside questions."""

import hashlib
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from guichet.files import actions as files
from guichet.files import apart, scanning
from guichet.files.models import File
from guichet.procedures import actions, catalogue
from guichet.procedures.filling import Place
from guichet.procedures.models import Attachment, EnclosedFile, Sending, Submission
from guichet.procedures.tests.given import a_draft, fill_in, member_of, page
from guichet.procedures.tests.people import (
    HIGH_FENCE,
    Somebody,
    a_company,
    answered,
    ask,
    fresh,
)
from guichet.refusals import Refused
from guichet.spaces.models import Role
from guichet.spaces.tests.given import a_private_space, words
from tests.cast import a_person, a_token, code_of, signed_on

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("published"),
    pytest.mark.demo,
]


def a_picture(colour="red", kind="PNG"):
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, kind)
    return stream.getvalue()


@pytest.fixture
def ada(settings, tmp_path):
    settings.DATA = tmp_path
    return a_person("Ada Muller", email="ada@example.lu", language="en")


@pytest.fixture
def member(ada):
    return member_of(ada, a_private_space(ada))


def test_a_file_is_added_with_a_plain_form_checked_and_sent(client, ada, member):
    token = a_token(ada)
    signed_on(client, token)
    draft = a_draft(member)
    here = page("papers", member.space.identifier, draft.pk, "plan")
    assert "PDF, JPG or PNG, 10 MB at most, 1 file." in words(client.get(here))
    picture = SimpleUploadedFile("plan.png", a_picture(), "image/png")
    assert client.post(here, {"paper": picture}).url == here
    attached = Attachment.objects.select_related("file").get()
    assert attached.path == "plan"
    assert "Being checked for viruses" in words(client.get(here))
    download = page("paper", member.space.identifier, draft.pk, attached.pk)
    assert client.get(download).status_code == 302  # nobody gets what nobody has looked at
    fill_in(client, draft)
    check = page("check", member.space.identifier, draft.pk)
    shown = client.get(check)
    assert "plan.png" in words(shown)
    typed = {"digest": shown.context["digest"], "declares_exact": "on", "code": code_of(token)}
    assert "is still being checked" in words(client.post(check, typed))
    assert not Submission.objects.exists()
    assert scanning.check(attached.file.digest)
    assert b"".join(client.get(download).streaming_content) == a_picture()
    assert client.post(check, typed).status_code == 302
    sent = client.post(check, typed).url
    whole = words(client.get(sent))
    assert re.search(r"<h2[^>]*>What you have sent</h2>\s*<section[^>]*><h3", whole)
    assert re.search(r'plan.png</a> <span class="muted">PNG, \d+', whole)
    [link] = re.findall(r'href="([^"]+/fichiers/[^"]+)"', whole)
    assert b"".join(client.get(link).streaming_content) == a_picture()
    stranger = Client()
    signed_on(stranger, a_person("Tom Weber"))
    assert stranger.get(link).status_code == 404


def clean(attachment):
    """The scanner has looked at it."""
    assert scanning.check(attachment.file.digest)
    return attachment


def downloads(client, address):
    """The links to papers on a page, and how each answers."""
    links = re.findall(r'href="([^"]+/fichiers/[^"]+)"', words(client.get(address)))
    answers = [client.get(link) for link in links]
    for answer in answers:
        answer.close()
    return links, [answer.status_code for answer in answers]


def test_who_may_only_look_downloads_what_stands_in_a_draft_and_takes_nothing_away(
    settings, tmp_path
):
    settings.DATA = tmp_path
    ada, _tom = a_company()
    eva = Somebody("Eva Roth", ada.space, Role.READER)
    draft = a_draft(ada.member)
    paper, place = _plan(draft)
    mine = actions.attach(ada.member, draft=draft, paper=paper, place=place, file=_stored())
    looking, check = eva.at_the_desk(), page("check", ada.space.identifier, draft.pk)
    [link], statuses = downloads(looking, check)
    assert statuses == [302]  # nobody gets what nobody has looked at
    assert "still checking this file" in words(looking.get(link, follow=True))
    clean(mine)
    assert downloads(looking, check) == ([link], [200])
    assert looking.post(link).status_code == 403
    assert Attachment.objects.get().removed_at is None


def test_a_signer_elsewhere_reads_the_papers_until_the_request_is_taken_back(settings, tmp_path):
    settings.DATA = tmp_path
    ada, tom = Somebody("Ada Muller"), Somebody("Tom Weber")
    draft = answered(ada.member, HIGH_FENCE)
    paper, place = _plan(draft)
    clean(actions.attach(ada.member, draft=draft, paper=paper, place=place, file=_stored()))
    draft, signature = ask(ada, tom, fresh(draft))
    signs = page("co_sign", tom.space.identifier, signature.pk)
    [link], statuses = downloads(tom.at_the_desk(), signs)
    assert statuses == [200]
    waiting = page("check", ada.space.identifier, draft.pk)
    assert downloads(ada.at_the_desk(), waiting)[1] == [200]
    actions.take_back(ada.member, draft=draft)
    assert tom.at_the_desk().get(link).status_code == 404
    assert downloads(tom.at_the_desk(), signs) == ([], [])


def test_what_is_no_picture_is_refused_with_a_sentence(client, ada, member):
    signed_on(client, ada)
    draft = a_draft(member)
    here = page("papers", member.space.identifier, draft.pk, "plan")
    rubbish = SimpleUploadedFile("plan.png", b"rubbish", "image/png")
    answer = client.post(here, {"paper": rubbish})
    assert answer.status_code == 400
    assert "This type of file is not accepted. Use PDF, JPG or PNG." in words(answer)
    assert not Attachment.objects.exists()


def test_there_are_no_more_files_than_there_may_be(member):
    draft = a_draft(member)
    form = actions.limits_of  # the same limits are said and held
    paper, place = _plan(draft)
    assert form(paper).count == 1
    actions.attach(member, draft=draft, paper=paper, place=place, file=_stored())
    with pytest.raises(Refused) as refused:
        actions.attach(member, draft=draft, paper=paper, place=place, file=_stored())
    assert refused.value.code == "files-many"


def test_an_identity_paper_is_marked_before_anybody_has_to_wait(member, monkeypatch):
    draft = a_draft(member)
    paper, place = _plan(draft, is_identity=True)
    waited, run = [], apart.run

    def watched(*job):
        waited.append(connection.in_atomic_block)
        return run(*job)

    monkeypatch.setattr(apart, "run", watched)
    came = _stored()
    mine = actions.attach(member, draft=draft, paper=paper, place=place, file=came)
    assert mine.file.digest != came.digest
    assert _handed_in() == [mine.file_id]
    assert waited == [False]


def test_an_identity_paper_that_came_in_pieces_is_marked_and_attached_once(member):
    draft = a_draft(member)
    paper, place = _plan(draft, is_identity=True)
    picture = a_picture()
    upload = files.begin("card.png", len(picture), actions.limits_of(paper))
    sending = actions.expect(member, draft=draft, place=place, upload=upload)
    files.append(upload, 0, io.BytesIO(picture).read)

    def arrives():
        sent = Sending.objects.select_related("upload__file", "draft__version").get(pk=sending.pk)
        file = files.finish(sent.upload, actions.limits_of(paper))
        return actions.arrived(member, sending=sent, paper=paper, place=place, file=file)

    mine = arrives()
    assert arrives() == mine == Attachment.objects.get()  # when the first answer was lost
    assert _handed_in() == [mine.file_id]
    assert mine.file.digest != hashlib.sha256(picture).hexdigest()


def _handed_in():
    """The files that are not a procedure's own."""
    ours = EnclosedFile.objects.values("file")
    return list(File.objects.exclude(pk__in=ours).values_list("pk", flat=True))


def test_a_document_of_the_space_is_used_again(member):
    first, second = a_draft(member), a_draft(member)
    paper, place = _plan(first)
    mine = actions.attach(member, draft=first, paper=paper, place=place, file=_stored())
    copy = actions.use_again(member, draft=second, paper=paper, place=place, attachment_id=mine.pk)
    assert copy.file.digest == mine.file.digest
    assert copy.file.pk != mine.file.pk
    actions.detach(member, draft=first, attachment_id=mine.pk)
    assert Attachment.objects.filter(removed_at=None).get() == copy


def _plan(draft, **settings):
    plan = catalogue.form_of(draft.version).items["plan"]
    return plan.model_copy(update=settings), Place("plan")


def _stored():
    return files.made(a_picture(), name="plan.png", media_type="image/png")
