"""Inviting somebody, and what becomes of it."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse

from guichet import clock
from guichet.audit.models import Entry
from guichet.persons.models import Person
from guichet.post.models import Dispatch
from guichet.refusals import Refused
from guichet.signon.models import Credential
from guichet.spaces import actions, policy
from guichet.spaces.models import Invitation, Membership, Role, Space
from guichet.spaces.policy import Standing
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space, words
from tests.cast import a_credential, a_person, a_session, signed_on, travel
from tests.racing import together

ZOE = {
    "email": "zoe.braun@example.lu",
    "given_names": "Zoé",
    "family_name": "Braun",
    "role": Role.MANAGER,
    "scope": "all",
    "language": "fr",
}


def ada_in(client: Client) -> tuple[Person, Space]:
    ada = a_person("Ada Muller", email="ada@example.lu")
    space = a_professional_space(ada)
    signed_on(client, ada)
    return ada, space


def an_invitation(space: Space, **values: Any) -> Invitation:
    inviter = Membership.objects.filter(space=space).earliest("since")
    given = {name: value for name, value in ZOE.items() if name != "scope"}
    return actions.invite(inviter, **{**given, **values})


def page(view: str, *args: object, language: str = "fr") -> str:
    return reverse(f"spaces:{view}", args=args).replace("/fr/", f"/{language}/", 1)


def link(invitation: Invitation) -> str:
    return page("invitation", invitation.key)


def last_mail(to: str) -> Dispatch:
    return Dispatch.objects.filter(to=to).latest("created_at")


# --- Inviting


@pytest.mark.django_db
def test_an_administrator_invites_by_email_and_name(client):
    ada, space = ada_in(client)
    answer = client.post(
        page("invite", space.identifier), {**ZOE, "email": " Zoe.Braun@Example.lu "}
    )
    assert answer.status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.invited_by) == (
        ZOE["email"],
        Role.MANAGER,
        ada,
    )
    shown = words(client.get(answer.headers["Location"]))
    assert "zoe.braun@example.lu" in shown
    mail = last_mail(ZOE["email"])
    assert link(invitation) in mail.text
    assert "Ada Muller" in mail.text
    assert space.identifier in mail.text
    assert "Braun" not in mail.subject
    entry = Entry.objects.get(event="space.member-invited")
    assert "Braun" not in str(entry.data)


@pytest.mark.django_db
def test_the_mail_is_in_the_language_that_was_chosen(client):
    _ada, space = ada_in(client)
    client.post(page("invite", space.identifier), {**ZOE, "language": "de"})
    mail = last_mail(ZOE["email"])
    assert mail.language == "de"
    assert "/de/invitations/" in mail.text
    assert mail.subject == "Sie sind in einen Bereich eingeladen"
    assert re.search(r"bis [A-Z][a-z]+tag, \d{1,2}\. |bis Mittwoch, \d{1,2}\. ", mail.text)


@pytest.mark.django_db
def test_inviting_twice_renews_and_the_older_link_dies(client):
    _ada, space = ada_in(client)
    first = an_invitation(space)
    old = link(first)
    with travel(minutes=5):
        again = an_invitation(space, role=Role.READER)
        assert (again.pk, again.role) == (first.pk, Role.READER)
        assert Client().get(old).status_code == 410
        assert Client().get(link(again)).status_code == 200
    assert Dispatch.objects.filter(to=ZOE["email"]).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_invite_the_same_address_make_one_invitation():
    ada, tom = a_person("Ada Muller"), a_person("Tom Weber")
    a_credential(tom)
    space = a_professional_space(ada)
    members = [Membership.objects.get(space=space), a_member(tom, space, Role.ADMINISTRATOR)]
    given = {name: value for name, value in ZOE.items() if name != "scope"}
    together(*[lambda member=member: actions.invite(member, **given).pk for member in members])
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_who_belongs_already_is_not_invited(client):
    _ada, space = ada_in(client)
    zoe = a_person("Zoe Braun", email=ZOE["email"])
    a_member(zoe, space)
    answer = client.post(page("invite", space.identifier), {**ZOE, "email": ZOE["email"].upper()})
    assert "fait déjà partie de l’espace" in words(answer)
    assert not Invitation.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1234", "Vous en avez indiqué 4"),
        ("1" * 19, "Vous en avez indiqué 19"),
        ("1" * 21, "Vous en avez indiqué 21"),
        ("1234567890123456789A", "ne contient que des chiffres"),
        ("\u0661" * 20, "ne contient que des chiffres"),
    ],
)
def test_a_certificate_number_has_20_digits(client, typed, said):
    _ada, space = ada_in(client)
    answer = client.post(page("invite", space.identifier), {**ZOE, "product_number": typed})
    assert said in words(answer)
    assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_blanks_in_a_certificate_number_do_not_count(client):
    _ada, space = ada_in(client)
    typed = "1234 5678-9012 3456.7890"
    client.post(
        page("invite", space.identifier),
        {**ZOE, "product_number": typed, "product_scope": "product"},
    )
    invitation = Invitation.objects.get()
    assert (invitation.product_number, invitation.scope) == ("12345678901234567890", "product")
    mail = last_mail(ZOE["email"])
    assert "7890" in mail.text
    assert "12345678901234567890" not in mail.text


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.MANAGER, Role.CONTRIBUTOR, Role.READER])
def test_other_roles_may_not_invite(client, role):
    space = a_professional_space(a_person("Ada Muller"))
    invitation = an_invitation(space)
    tom = a_person("Tom Weber")
    a_member(tom, space, role)
    signed_on(client, tom)
    for view, more in [
        ("invite", ()),
        ("invitations", ()),
        ("resend_invitation", (invitation.pk,)),
        ("withdraw_invitation", (invitation.pk,)),
        ("confirm_name", (invitation.pk,)),
    ]:
        assert client.get(page(view, space.identifier, *more)).status_code == 403
        assert client.post(page(view, space.identifier, *more), ZOE).status_code == 403
    assert Invitation.objects.get().withdrawn_at is None


@pytest.mark.django_db
def test_a_private_space_stays_private(client):
    ada = a_person("Ada Muller")
    space = a_private_space(ada)
    signed_on(client, ada)
    answer = client.post(page("invite", space.identifier), ZOE)
    assert answer.headers["Location"] == page("profile", space.identifier)
    with pytest.raises(Refused):
        an_invitation(space)


@pytest.mark.django_db
def test_an_invitation_of_another_space_is_not_found(client):
    _ada, space = ada_in(client)
    theirs = an_invitation(a_professional_space(a_person("Tom Weber")))
    for view in ("resend_invitation", "withdraw_invitation", "confirm_name"):
        assert client.get(page(view, space.identifier, theirs.pk)).status_code == 404


# --- Sending again, withdrawing


@pytest.mark.django_db
def test_sending_again_gives_14_more_days(client):
    _ada, space = ada_in(client)
    invitation = an_invitation(space)
    old = link(invitation)
    answer = client.post(page("resend_invitation", space.identifier, invitation.pk))
    assert "Attendez une minute" in words(answer)
    with travel(days=13):
        signed_on(client, Person.objects.get(email="ada@example.lu"))
        assert (
            client.post(page("resend_invitation", space.identifier, invitation.pk)).status_code
            == 302
        )
        invitation.refresh_from_db()
        assert Client().get(old).status_code == 410
    with travel(days=26):
        assert policy.standing(invitation) == Standing.OPEN


@pytest.mark.django_db
def test_a_withdrawn_invitation_says_so(client):
    _ada, space = ada_in(client)
    invitation = an_invitation(space)
    assert (
        client.post(page("withdraw_invitation", space.identifier, invitation.pk)).status_code == 302
    )
    answer = Client().get(link(invitation))
    assert answer.status_code == 410
    assert "retirée" in words(answer)
    again = client.post(page("withdraw_invitation", space.identifier, invitation.pk))
    assert "entre-temps" in words(again)


@pytest.mark.django_db
def test_whom_somebody_waits_for_is_not_invited_over_their_head(client):
    """Sending again would forget, without a word, who has accepted and waits."""
    _ada, space = ada_in(client)
    invitation = an_invitation(space)
    ines = a_person("Ines Albuquerque")
    actions.accept_invitation(a_session(ines), invitation=invitation)
    with travel(minutes=2):
        for view, more in [("invite", ()), ("resend_invitation", (invitation.pk,))]:
            answer = client.post(page(view, space.identifier, *more), ZOE)
            assert "Confirmez ou refusez d’abord" in words(answer)
        invitation.refresh_from_db()
        assert invitation.claimed_by == ines
    with travel(days=14, seconds=1):
        signed_on(client, Person.objects.get(email="ada@example.lu"))
        client.post(page("resend_invitation", space.identifier, invitation.pk))
        invitation.refresh_from_db()
        assert not invitation.claimed_by
        assert policy.standing(invitation) == Standing.OPEN


@pytest.mark.django_db
def test_the_list_says_how_long_each_invitation_lasts_and_what_ran_out(client):
    _ada, space = ada_in(client)
    invitation = an_invitation(space)
    address = page("invitations", space.identifier)
    assert "encore 14 jours" in words(client.get(address))
    with travel(days=13, hours=12):
        signed_on(client, Person.objects.get(email="ada@example.lu"))
        assert "encore 1 jour" in words(client.get(address))
    again = page("resend_invitation", space.identifier, invitation.pk)
    for days, is_shown in [(15, True), (89, True), (91, False)]:
        with travel(days=days):
            signed_on(client, Person.objects.get(email="ada@example.lu"))
            assert (again in words(client.get(address))) == is_shown


# --- Where the link leads


@pytest.mark.django_db
def test_a_stranger_sees_who_invites_into_what_and_nothing_happens():
    space = a_professional_space(a_person("Ada Muller"), "Boulangerie")
    invitation = an_invitation(space)
    client = Client()
    answer = client.get(link(invitation))
    shown = words(answer)
    assert answer.status_code == 200
    assert "Ada Muller" in shown
    assert "Boulangerie" in shown
    assert ZOE["email"] not in shown
    assert space.identifier not in shown
    assert "/fr/connexion/?next=" in shown
    invitation.refresh_from_db()
    assert invitation.claimed_at is None
    for view in ("accept_invitation", "refuse_invitation"):
        assert "/fr/connexion/" in client.post(page(view, invitation.key)).headers["Location"]


@pytest.mark.django_db
def test_somebody_new_registers_first_and_comes_back(client):
    invitation = an_invitation(a_professional_space(a_person("Ada Muller")))
    signed_on(client, a_credential())
    shown = words(client.get(link(invitation)))
    found = re.search(r'href="(/fr/enregistrement/\?next=[^"]+)"', shown)
    assert found
    assert "invitations" in found[1]


@pytest.mark.django_db
def test_somebody_new_with_another_product_is_not_sent_to_register_it(client):
    wanted = a_credential()
    space = a_professional_space(a_person("Ada Muller"))
    invitation = an_invitation(space, product_number=wanted.number)
    signed_on(client, a_credential())
    shown = words(client.get(link(invitation)))
    assert "autre produit" in shown
    assert "/fr/enregistrement/" not in shown
    signed_on(client, wanted)
    assert "/fr/enregistrement/" in words(client.get(link(invitation)))


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x", "a" * 400, "WyJhIl0:1abc:xyz", "null"])
def test_a_link_that_is_not_ours_is_not_found(key):
    assert Client().get(f"/fr/invitations/{key}/").status_code == 404
    assert Client().post(f"/fr/invitations/{key}/").status_code == 404


@pytest.mark.django_db
def test_after_14_days_it_has_run_out_and_one_asks_for_a_new_one(client):
    _ada, space = ada_in(client)
    invitation = an_invitation(space)
    with travel(days=14, seconds=1):
        stranger = Client()
        answer = stranger.get(link(invitation))
        assert answer.status_code == 410
        assert "a expiré" in words(answer)
        assert stranger.post(link(invitation)).status_code == 302
        assert last_mail("ada@example.lu").template == "spaces/mail/invitation_asked"
        stranger.post(link(invitation))
        third = stranger.post(link(invitation))
        assert "Trop d’essais" in words(third)
    with travel(days=13, hours=23):
        assert Client().get(link(invitation)).status_code == 200


# --- Answering


@pytest.mark.django_db
def test_whoever_bears_the_name_comes_in_at_once(client):
    ada = a_person("Ada Muller", email="ada@example.lu")
    space = a_professional_space(ada)
    invitation = an_invitation(space, limits=["taxes"])
    zoe = a_person("Zoe Braun")
    signed_on(client, zoe)
    assert "Accepter l’invitation" in words(client.get(link(invitation)))
    answer = client.post(page("accept_invitation", invitation.key))
    assert answer.headers["Location"] == f"/fr/espaces/{space.identifier}/"
    member = Membership.objects.get(person=zoe)
    assert (member.role, member.origin, member.limits) == (Role.MANAGER, "invitation", ["taxes"])
    assert (member.created_by, member.role_from, member.only_with) == (ada, ada, None)
    assert last_mail("ada@example.lu").template == "spaces/mail/joined"
    assert Client().get(link(invitation)).status_code == 410
    assert Entry.objects.filter(event="space.invitation-accepted").exists()


@pytest.mark.django_db
def test_refusing_ends_it_and_tells_the_administrators(client):
    space = a_professional_space(a_person("Ada Muller", email="ada@example.lu"))
    invitation = an_invitation(space)
    signed_on(client, a_person("Zoe Braun"))
    assert (
        client.post(page("refuse_invitation", invitation.key)).headers["Location"] == "/fr/espaces/"
    )
    assert last_mail("ada@example.lu").template == "spaces/mail/invitation_refused"
    client.post(page("accept_invitation", invitation.key))
    assert Membership.objects.count() == 1


@pytest.mark.django_db
def test_only_the_invited_product_may_accept(client):
    space = a_professional_space(a_person("Ada Muller"))
    luc = a_person("Luc Reuter")
    first, second = a_credential(luc), a_credential(luc)
    invitation = an_invitation(space, product_number=second.number, scope="product")
    signed_on(client, first)
    shown = words(client.get(link(invitation)))
    assert "autre produit" in shown
    assert second.number[-4:] in shown
    assert second.number not in shown
    client.post(page("accept_invitation", invitation.key))
    assert not Membership.objects.filter(person=luc).exists()
    signed_on(client, second)
    client.post(page("accept_invitation", invitation.key))
    assert Membership.objects.get(person=luc).only_with == second
    assert client.get(f"/fr/espaces/{space.identifier}/").status_code == 200
    signed_on(client, first)
    assert client.get(f"/fr/espaces/{space.identifier}/").status_code == 403


@pytest.mark.django_db
def test_with_the_scope_of_the_person_all_products_open_the_space_afterwards(client):
    space = a_professional_space(a_person("Ada Muller"))
    luc = a_person("Luc Reuter")
    first, second = a_credential(luc), a_credential(luc)
    invitation = an_invitation(space, product_number=second.number)
    signed_on(client, second)
    client.post(page("accept_invitation", invitation.key))
    signed_on(client, first)
    assert client.get(f"/fr/espaces/{space.identifier}/").status_code == 200


@pytest.mark.django_db
def test_under_another_name_one_waits_until_an_administrator_agrees(client):
    ada = a_person("Ada Muller", email="ada@example.lu")
    space = a_professional_space(ada)
    invitation = an_invitation(space)
    ines = a_person("Ines Albuquerque", email="ines@example.lu")
    signed_on(client, ines)
    assert "un autre nom" in words(client.get(link(invitation)))
    client.post(page("accept_invitation", invitation.key))
    assert not Membership.objects.filter(person=ines).exists()
    assert last_mail("ada@example.lu").template == "spaces/mail/claimed"
    assert "attend une confirmation" in words(client.get(link(invitation)))
    other = Client()
    signed_on(other, a_person("Zoe Braun"))
    other.post(page("accept_invitation", invitation.key))
    assert Membership.objects.count() == 1

    administrator = Client()
    signed_on(administrator, ada)
    shown = words(administrator.get(page("invitations", space.identifier)))
    assert "INES ALBUQUERQUE" in shown
    administrator.post(page("confirm_name", space.identifier, invitation.pk))
    assert Membership.objects.get(person=ines).role == Role.MANAGER
    assert last_mail("ines@example.lu").template == "spaces/mail/name_confirmed"


@pytest.mark.django_db
def test_a_claim_that_is_withdrawn_is_told_and_one_that_waits_14_days_runs_out(client):
    _ada, space = ada_in(client)
    invitation = an_invitation(space)
    ines = a_person("Ines Albuquerque", email="ines@example.lu")
    actions.accept_invitation(a_session(ines), invitation=invitation)
    client.post(page("withdraw_invitation", space.identifier, invitation.pk))
    assert last_mail("ines@example.lu").template == "spaces/mail/name_not_confirmed"

    second = an_invitation(space)
    actions.accept_invitation(a_session(ines), invitation=second)
    with travel(days=14, seconds=1):
        second.refresh_from_db()
        assert policy.standing(second) == Standing.EXPIRED
        with pytest.raises(Refused):
            actions.confirm_name(Membership.objects.get(space=space), invitation=second)


@pytest.mark.django_db
def test_a_right_does_not_outlive_its_source(client):
    ada, tom = a_person("Ada Muller"), a_person("Tom Weber")
    space = a_professional_space(ada)
    a_member(tom, space, Role.ADMINISTRATOR)
    a_credential(tom)
    invitation = actions.invite(
        Membership.objects.get(space=space, person=tom),
        **{name: value for name, value in ZOE.items() if name != "scope"},
    )
    Membership.objects.filter(person=tom).update(role=Role.READER)
    answer = Client().get(link(invitation))
    assert answer.status_code == 410
    signed_on(client, a_person("Zoe Braun"))
    client.post(page("accept_invitation", invitation.key))
    assert Membership.objects.filter(space=space).count() == 2

    assert Client().post(link(invitation)).status_code == 302
    mail = last_mail(ada.email)
    assert mail.template == "spaces/mail/invitation_asked"
    assert "Zoé Braun" in mail.text
    assert "expiré" not in mail.text
    with travel(minutes=2):
        admin = Membership.objects.get(space=space, person=ada)
        again = actions.resend_invitation(admin, invitation=invitation)
        assert policy.standing(again) == Standing.OPEN


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["closed_at", "suspended_at"])
def test_what_somebody_invited_whose_account_is_closed_does_not_count(how):
    ada = a_person("Ada Muller")
    invitation = an_invitation(a_professional_space(ada))
    setattr(ada.account, how, clock.now())
    ada.account.save()
    assert policy.standing(invitation) == Standing.SOURCE_GONE
    with pytest.raises(Refused) as refusal:
        actions.accept_invitation(a_session(a_person("Zoe Braun")), invitation=invitation)
    assert refusal.value.code == "source-gone"


@pytest.mark.django_db
def test_nobody_comes_into_a_space_in_the_bin(client):
    ada = a_person("Ada Muller")
    space = a_professional_space(ada)
    invitation = an_invitation(space)
    Space.objects.filter(pk=space.pk).update(binned_at=clock.now(), binned_by=ada)
    signed_on(client, a_person("Zoe Braun"))
    assert client.get(link(invitation)).status_code == 410
    client.post(page("accept_invitation", invitation.key))
    assert Membership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_link_in_two_hands_lets_one_in():
    space = a_professional_space(a_person("Ada Muller"))
    invitation = an_invitation(space)
    sessions = [a_session(a_person("Zoe Braun")), a_session(a_person("Zoé Braun"))]
    results = together(
        *[
            lambda session=session: (
                actions.accept_invitation(
                    session, invitation=Invitation.objects.get(pk=invitation.pk)
                ).accepted_at
                is not None
            )
            for session in sessions * 2
        ]
    )
    assert results.count(True) == 1
    assert Membership.objects.filter(space=space).count() == 2


@pytest.mark.django_db(transaction=True)
def test_accepting_and_withdrawing_at_once_do_not_both_happen():
    space = a_professional_space(a_person("Ada Muller"))
    admin = Membership.objects.get(space=space)
    for _round in range(3):
        invitation = an_invitation(space)
        session = a_session(a_person("Zoe Braun"))
        together(
            partial(actions.accept_invitation, session, invitation=invitation),
            partial(
                actions.withdraw_invitation,
                admin,
                invitation=Invitation.objects.get(pk=invitation.pk),
            ),
        )
        invitation.refresh_from_db()
        there = Membership.objects.filter(space=space, person=session.person).exists()
        assert there == (invitation.accepted_at is not None)
        assert (invitation.accepted_at is None) != (invitation.withdrawn_at is None)


# --- The hub, and forgetting


@pytest.mark.django_db
def test_the_hub_shows_what_waits_for_ones_confirmed_address(client):
    invitation = an_invitation(a_professional_space(a_person("Ada Muller"), "Boulangerie"))
    signed_on(client, a_person("Zoe Braun", email=ZOE["email"]))
    shown = words(client.get("/fr/espaces/"))
    assert "Boulangerie" in shown
    assert link(invitation) in shown
    stranger = Client()
    signed_on(stranger, a_person("Tom Weber"))
    assert "Boulangerie" not in words(stranger.get("/fr/espaces/"))


@pytest.mark.django_db
def test_the_hub_asks_once_for_any_number_of_invitations(django_assert_num_queries):
    ada, zoe = a_person("Ada Muller"), a_person("Zoe Braun", email=ZOE["email"])
    gone = a_person("Tom Weber")
    for number in range(4):
        an_invitation(a_professional_space(ada, f"Espace {number}"))
    orphan = an_invitation(a_professional_space(gone))
    Membership.objects.filter(person=gone).update(role=Role.READER)
    with django_assert_num_queries(1):
        found = policy.pending_invitations(zoe)
    assert len(found) == 4
    assert orphan not in found


@pytest.mark.django_db
def test_names_and_addresses_are_forgotten_after_a_year():
    an_invitation(a_professional_space(a_person("Ada Muller")))
    assert actions.forget_invitations() == 0
    with travel(days=366):
        assert actions.forget_invitations() == 1
    assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_there_is_an_end_to_inviting(monkeypatch):
    monkeypatch.setattr("guichet.spaces.actions.inviting.OPEN_MAX", 2)
    space = a_professional_space(a_person("Ada Muller"))
    for number in range(2):
        an_invitation(space, email=f"n{number}@example.lu")
    with pytest.raises(Refused) as refusal:
        an_invitation(space, email="n3@example.lu")
    assert refusal.value.code == "too-many-invitations"
    assert timedelta(days=14) == Invitation.VALIDITY
    assert not outbox.outbox
    assert Credential.objects.count() == 1
