"""One procedure from its page to the reference, as a person goes through it."""

import io
from datetime import datetime

import pikepdf
import pytest

from guichet.post.models import Dispatch
from guichet.procedures import actions, catalogue
from guichet.procedures.fields import Rows
from guichet.procedures.models import Draft, Submission
from guichet.procedures.tests.given import CODE, a_draft, fill_in, member_of, page, post_page
from guichet.proofs import actions as proofs
from guichet.spaces.models import Membership
from guichet.spaces.tests.given import a_private_space, words
from tests.cast import a_person, a_token, code_of, signed_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]


@pytest.fixture
def ada(client):
    ada = a_person("Ada Muller", email="ada@example.lu", language="en")
    a_private_space(ada)
    token = a_token(ada)
    signed_on(client, token)
    return token


def signing(client, url, token, **more):
    """What the form of the check page sends."""
    form = client.get(url).context["form"]
    return {
        "digest": form["digest"].value(),
        "declares_exact": "on",
        "code": code_of(token),
        **more,
    }


def test_from_the_catalogue_to_the_reference(client, ada):
    assert "Garden permit" in words(client.get(page("catalogue")))
    assert "Before you start" in words(client.get(page("procedure", CODE)))
    leading = client.get(page("where", CODE))
    begin = client.get(leading.url)
    once = begin.context["form"]["once"].value()
    filling = client.post(leading.url, {"once": once})
    assert client.post(leading.url, {"once": once}).url == filling.url  # a double click
    draft = Draft.objects.select_related("space").get()
    tasks = words(client.get(filling.url))
    assert "You" in tasks
    assert "The trees" not in tasks
    fill_in(client, draft)
    check = page("check", draft.space.identifier, draft.pk)
    shown = words(client.get(check))
    assert "Not sent yet" in shown
    assert "€20.00" in shown
    assert Submission.objects.count() == 0
    typed = signing(client, check, ada)
    answer = client.post(check, typed)
    submission = Submission.objects.get()
    assert answer.url == page("sent", draft.space.identifier, submission.reference)
    assert client.post(check, typed).url == answer.url  # a double click
    assert Submission.objects.count() == 1
    assert submission.answers == {
        "full_name": "Ada Muller",
        "born": "1985-04-12",
        "size": 80,
        "fence": False,
        "fee": 2000,
    }
    sent = words(client.get(answer.url))
    assert submission.reference in sent
    assert "We read your request." in sent
    assert Dispatch.objects.filter(template="procedures/mail/sent").count() == 1
    back = client.get(page("page", draft.space.identifier, draft.pk, "you"))
    assert back.status_code == 302


def test_a_page_says_what_is_missing_of_its_rows(client, ada):
    draft = a_draft(member_of(ada.person, ada.person.memberships.get().space))
    fill_in(client, draft, garden={"size": "200", "fence": "no"})
    answer = post_page(client, page("page", draft.space.identifier, draft.pk, "trees"), {})
    assert answer.status_code == 200
    [problem] = answer.context["form"].problems()
    assert problem.focus_id == "trees"
    assert words(answer).count(problem.message) == 2  # above all, and beside the rows


def test_who_corrects_one_answer_comes_back_to_the_check(client, ada):
    draft = a_draft(member_of(ada.person, ada.person.memberships.get().space))
    fill_in(client, draft, garden={"size": "80", "fence": "yes", "_skip": "1"})
    check = page("check", draft.space.identifier, draft.pk)
    [missing] = client.get(check).context["problems"]
    asked = client.get(missing["url"])
    assert missing["message"] in words(asked)  # and not only after pressing the button
    assert asked.context["back_url"] == check
    typed = {"size": "80", "fence": "yes", "fence_height": "120", "_from": "verifier"}
    assert post_page(client, missing["url"], typed).url == check
    assert client.get(check).context["complete"]


def test_the_papers_of_what_was_sent(client, ada, settings, tmp_path):
    settings.DATA = tmp_path
    space = ada.person.memberships.get().space
    draft = a_draft(member_of(ada.person, space))
    fill_in(client, draft)
    check = page("check", space.identifier, draft.pk)
    answer = client.post(check, signing(client, check, ada))
    submission = Submission.objects.get()
    shown = words(client.get(answer.url))
    assert submission.receipt.address in shown
    for kind, name in (("slip", "recu"), ("request", "demande")):
        paper = client.get(page("made", space.identifier, submission.reference, kind))
        content = b"".join(paper.streaming_content)
        assert f"{submission.reference}-{name}.pdf" in paper.headers["Content-Disposition"]
        with pikepdf.open(io.BytesIO(content)) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert str(pdf.Root.Lang) == "en"
            assert "/AcroForm" in pdf.Root  # the seal
        again = client.get(page("made", space.identifier, submission.reference, kind))
        assert b"".join(again.streaming_content) == content
    said = datetime.fromisoformat(submission.receipt.says["sent_at"])
    assert said == submission.sent_at.replace(microsecond=0)  # and not the hour of Luxembourg
    held = proofs.receipt_file(submission.receipt, salt=submission.salt)
    assert proofs.verify(held) == proofs.Verdict.GENUINE
    other = client.get(page("made", space.identifier, submission.reference, "letter"))
    assert other.status_code == 404


def test_what_was_corrected_is_not_complained_about_again(client, ada):
    draft = a_draft(member_of(ada.person, ada.person.memberships.get().space))
    you = page("page", draft.space.identifier, draft.pk, "you")
    typed = {"full_name": "Ada Muller", "born_0": "31", "born_1": "2", "born_2": "1985"}
    assert "There is 1 error" in words(post_page(client, you, typed))
    answer = post_page(client, you, {**typed, "born_0": "12", "born_1": "4"})
    assert answer.url == page("page", draft.space.identifier, draft.pk, "garden")


def test_a_page_of_a_draft_costs_at_most_six_queries(client, ada, django_assert_max_num_queries):
    member = Membership.objects.select_related("space", "person").get(person=ada.person)
    draft = a_draft(member, "every-type")
    form = catalogue.form_of(draft.version)
    trips = form.items["trips"]
    assert isinstance(trips, Rows)
    row = actions.add_row(member, draft=draft, rows=trips)
    here = (draft.space.identifier, draft.pk)
    addresses = [page("page", *here, each.page) for each in form.definition.pages]
    tasks = page("fill", member.space.identifier, a_draft(member).pk)
    client.get(tasks)  # the first of a session is asked besides which terms were accepted
    for address in [*addresses, page("row", *here, "lists", "trips", row), tasks]:
        with django_assert_max_num_queries(6, info=address):
            assert client.get(address).status_code == 200
