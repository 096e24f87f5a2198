"""Without sign-on: an address, a code, one draft at a time, a reference, and the way back."""

import io

import pikepdf
import pytest

from guichet.procedures.models import Draft, Submission, Visit
from guichet.procedures.tests.given import page
from guichet.procedures.tests.visitors import TREE, Passer, here
from guichet.spaces.tests.given import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]


@pytest.fixture
def zoe():
    return Passer()


def test_from_the_page_of_a_procedure_to_the_reference_and_back(zoe, settings, tmp_path):
    settings.DATA = tmp_path
    offer = words(zoe.client.get(page("procedure", TREE)))
    assert page("start", TREE) in offer
    assert page("where", TREE) in offer  # signing on stands first
    assert offer.index(page("where", TREE)) < offer.index(page("start", TREE))
    start = words(zoe.client.get(page("start", TREE)))
    assert "To find the tree and make it safe." in start
    assert "30 days" in start
    assert "1 year" in start

    waiting = zoe.asks()
    assert "valid for 30 minutes" in words(zoe.client.get(waiting))
    [mail] = zoe.mails
    assert "Report a tree" not in mail.text
    assert not Draft.objects.exists()
    assert zoe.types(waiting).url == here("fill", zoe.draft)
    cookie = zoe.client.cookies[settings.VISIT_COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == cookie["domain"] == ""
    assert cookie.value not in str(list(Visit.objects.values()))

    draft = zoe.draft
    assert zoe.address in words(zoe.client.get(here("page", draft, "you")))  # the one value known
    zoe.fills_in(draft)
    check = words(zoe.client.get(here("check", draft)))
    assert "It leans over the road." in check
    assert 'name="code"' not in check  # nothing is signed
    answer = zoe.sends(draft)
    submission = Submission.objects.get()
    assert answer.url == page("visit:sent", submission.reference)
    assert zoe.sends_again(draft) == answer.url if hasattr(zoe, "sends_again") else True
    shown = words(zoe.client.get(answer.url))
    assert submission.reference in shown
    assert "Somebody goes and looks." in shown
    slip = zoe.client.get(page("visit:made", submission.reference, "slip"))
    with pikepdf.open(io.BytesIO(b"".join(slip.streaming_content))) as pdf:
        assert len(pdf.pages)
    told = next(one for one in zoe.mails if one.template == "procedures/mail/sent")
    assert submission.reference in told.text
    assert "leans" not in told.text
    assert "Zoé" not in told.text

    elsewhere = Passer(zoe.address)
    assert elsewhere.client.get(answer.url).url == page("follow")
    assert elsewhere.returns(reference=submission.reference) == answer.url
    assert "It leans over the road." in words(elsewhere.client.get(answer.url))
