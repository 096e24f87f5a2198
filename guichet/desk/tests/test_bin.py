"""Deleting a space: what one is shown, what one types, the bin, coming back."""

import re
from types import SimpleNamespace

import pytest

from guichet import clock
from guichet.audit.models import Entry
from guichet.desk.actions import closing
from guichet.desk.keepers import KEEPERS, name_of
from guichet.desk.tests.given import a_full_space, a_live_merger, the_member
from guichet.files.packing import Kept
from guichet.post.models import Dispatch
from guichet.refusals import NotAllowed, Refused
from guichet.spaces import actions
from guichet.spaces.actions.guarding import administrated, require_in_use
from guichet.spaces.models import Invitation, Membership, Role, RoleRequest, Space
from guichet.spaces.policy import CAPABILITIES, Can
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space, words
from tests.cast import a_person, signed_on, travel

pytestmark = pytest.mark.django_db

HUB = "/fr/espaces/"
BIN = "/fr/espaces/corbeille/"


@pytest.fixture
def ada(client):
    ada = a_person("Ada Muller", email="ada@example.lu")
    signed_on(client, ada)
    return ada


@pytest.fixture
def space(ada, settings, tmp_path):
    settings.DATA = tmp_path
    return a_full_space(ada)


def page_of(space, page="supprimer/", language="fr"):
    return f"/{language}/espaces/{space.identifier}/{page}"


def into_the_bin(person, space):
    actions.bin_space(the_member(person, space), typed=space.identifier)
    space.refresh_from_db()
    return space


def subjects(to="", language="fr"):
    found = Dispatch.objects.filter(to=to) if to else Dispatch.objects.all()
    return sorted(found.values_list("subject", flat=True))


# --- Deleting


def test_ada_sees_what_is_lost_and_what_stays_before_she_deletes(client, ada, space):
    page = words(client.get(page_of(space)))
    for said in (
        "Ce qui est perdu",
        "Utilisateurs (2)",
        "Invitations (2)",
        "Certifications (1)",
        "Ce qui reste",
        "1 démarche transmise : elle reste à l’administration",
        f'Saisissez <span class="reference">{space.identifier}</span> pour confirmer.',
        "1 autre utilisateur de l’espace est averti par e-mail, et vous aussi.",
        f'href="{page_of(space, "export.zip")}"',
    ):
        assert said in page
    space.refresh_from_db()
    assert space.binned_at is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (0, "Rien n’a été transmis à une administration"),
        (3, "3 démarches transmises : elles restent aux administrations"),
    ],
)
def test_what_authorities_have_got_stays_with_them(client, ada, space, monkeypatch, sent, said):
    room = SimpleNamespace(export=lambda _space: Kept(sent=sent))
    rest = [keeper for keeper in KEEPERS if name_of(keeper) != "procedures"]
    monkeypatch.setattr(closing, "KEEPERS", (*rest, room))
    page = words(client.get(page_of(space)))
    assert said in page
    assert ("Rien n’a été transmis" in page) == (sent == 0)


@pytest.mark.parametrize("typed", ["", "PM-AAAAAA", "oui", "Boulangerie Muller", "\u202e"])
def test_without_the_identifier_nothing_is_deleted(client, ada, space, typed):
    page = words(client.post(page_of(space), {"typed": typed}))
    assert "identifiant" in page
    assert 'aria-invalid="true"' in page
    space.refresh_from_db()
    assert space.binned_at is None
    assert subjects() == []


@pytest.mark.parametrize("way", ["{}", " {} ", "lower", "no dash"])
def test_blanks_dashes_and_lower_case_are_forgiven(client, ada, space, way):
    typed = {
        "lower": space.identifier.lower(),
        "no dash": space.identifier.replace("-", " "),
    }.get(way, way.format(space.identifier))
    assert client.post(page_of(space), {"typed": typed}).headers["Location"] == BIN
    space.refresh_from_db()
    assert (space.binned_by, space.binned_at is not None) == (ada, True)


def test_all_members_are_told_and_the_register_knows(client, ada, space):
    client.post(page_of(space), {"typed": space.identifier})
    tom = the_member(Membership.objects.exclude(person=ada).get(space=space).person, space)
    assert subjects() == ["L’un de vos espaces est dans la corbeille"] * 2
    to_ada = Dispatch.objects.get(to="ada@example.lu").text.replace("\u00a0", " ")
    to_tom = Dispatch.objects.get(to=tom.notification_email).text.replace("\u00a0", " ")
    assert f"Vous avez supprimé l’espace {space.identifier}." in to_ada
    assert f"Ada Muller a supprimé l’espace {space.identifier}." in to_tom
    assert "/fr/espaces/corbeille/" in to_tom
    entry = Entry.objects.get(event="space.binned")
    assert (entry.actor, entry.space) == (f"person:{ada.pk}", space.pk)


def test_a_private_space_is_nobody_elses_affair(client, ada):
    space = a_private_space(ada)
    page = words(client.get(page_of(space)))
    assert "vous ne pouvez pas créer un autre espace privé" in page
    assert "administrateur" not in page.split("<h1>")[1]
    client.post(page_of(space), {"typed": space.identifier})
    (mail,) = Dispatch.objects.all()
    text = mail.text.replace("\u00a0", " ")
    assert "D’ici là, vous pouvez le rétablir, avec tout son contenu :" in text
    assert "administrateur" not in text


def test_sent_twice_it_is_deleted_once(client, ada, space):
    for _time in range(2):
        answer = client.post(page_of(space), {"typed": space.identifier})
        assert answer.headers["Location"] == BIN
    assert Entry.objects.filter(event="space.binned").count() == 1
    assert len(subjects()) == 2
    with pytest.raises(Refused) as refusal:
        actions.bin_space(the_member(ada, space), typed=space.identifier)
    assert refusal.value.code == "in-the-bin"


@pytest.mark.parametrize("role", [role for role in Role if Can.DELETE not in CAPABILITIES[role]])
@pytest.mark.parametrize("page", ["supprimer/", "retablir/", "export.zip"])
def test_who_may_not_delete_is_told_so(client, role, page):
    ada, tom = a_person("Ada Muller"), a_person("Tom Weber")
    space = a_professional_space(ada)
    a_member(tom, space, role)
    signed_on(client, tom)
    for method in ("get", "post"):
        answer = getattr(client, method)(page_of(space, page), {"typed": space.identifier})
        assert answer.status_code == 403
        assert "Ada Muller" in words(answer)
    space.refresh_from_db()
    assert space.binned_at is None


@pytest.mark.parametrize("page", ["supprimer/", "retablir/", "export.zip"])
@pytest.mark.parametrize("binned", [False, True])
def test_a_stranger_finds_nothing_to_delete(client, ada, page, binned):
    tom = a_person("Tom Weber")
    for space in (a_private_space(tom), a_professional_space(tom)):
        if binned:
            into_the_bin(tom, space)
        for method in ("get", "post"):
            answer = getattr(client, method)(page_of(space, page), {"typed": space.identifier})
            assert answer.status_code == 404
    assert tom.name not in words(client.get(BIN))


def test_who_was_made_manager_meanwhile_deletes_nothing(ada, space):
    member = the_member(ada, space)
    Membership.objects.filter(pk=member.pk).update(role=Role.MANAGER)
    with pytest.raises(NotAllowed):
        actions.bin_space(member, typed=space.identifier)


def test_a_merger_under_way_has_to_be_cancelled_first(client, ada, space):
    other = a_professional_space(ada, "Le four")
    merger = a_live_merger(other, space, ada)
    for each in (other, space):
        page = words(client.get(page_of(each)))
        assert "Cet espace ne peut pas être supprimé maintenant" in page
        assert f"Une fusion des espaces {other.identifier} et {space.identifier}" in page
        assert "main-form" not in page
        refused = client.post(page_of(each), {"typed": each.identifier})
        assert "Annulez d’abord la fusion" in words(refused)
        each.refresh_from_db()
        assert each.binned_at is None
    merger.cancelled_at = clock.now()
    merger.save()
    assert client.post(page_of(space), {"typed": space.identifier}).status_code == 302


def test_the_last_administrator_may_delete_but_others_still_need_one(ada):
    space = a_professional_space(ada)
    assert into_the_bin(ada, space).binned_by == ada


# --- In the bin


def test_every_page_says_that_the_space_is_in_the_bin_and_how_it_comes_back(client, ada, space):
    into_the_bin(ada, space)
    for page in ("", "donnees/", "communications/", "espace/", "espace/modifier/"):
        for method in ("get", "post"):
            answer = getattr(client, method)(page_of(space, page))
            assert answer.status_code == 403
            assert "Cet espace est dans la corbeille jusqu’au" in words(answer)
            assert f'<a href="{BIN}">Le rétablir depuis la corbeille</a>' in words(answer)


def test_others_are_told_who_can_bring_it_back(client, ada, space):
    into_the_bin(ada, space)
    tom = Membership.objects.exclude(person=ada).get(space=space).person
    signed_on(client, tom)
    page = words(client.get(page_of(space, "")))
    assert "D’ici là, il peut être rétabli par : Ada Muller." in page
    page = words(client.get(BIN))
    assert "Ada Muller l’a mis dans la corbeille" in page
    assert "Il peut être rétabli par : Ada Muller." in page
    assert "retablir" not in page
    assert "export.zip" not in page


def test_the_hub_and_the_arrival_leave_it_out(client, ada):
    first, second = a_professional_space(ada, "Le four"), a_professional_space(ada, "Le moulin")
    assert BIN not in words(client.get(HUB))
    into_the_bin(ada, first)
    page = words(client.get(HUB))
    assert first.identifier not in page
    assert second.identifier in page
    assert "1 espace est dans la corbeille." in page
    assert f'href="{BIN}"' in page
    assert client.get("/fr/arrivee/").headers["Location"] == page_of(second, "")
    into_the_bin(ada, second)
    assert client.get("/fr/arrivee/").headers["Location"] == HUB
    assert "2 espaces sont dans la corbeille." in words(client.get(HUB))


def test_the_private_one_in_the_bin_is_still_the_one_private_space(client, ada):
    space = into_the_bin(ada, a_private_space(ada))
    page = words(client.get(HUB))
    assert "Votre espace privé est dans la corbeille jusqu’au" in page
    assert "Créer Mon Espace Privé" not in page
    create = "/fr/espaces/prive/creer/"
    for answer in (client.get(create), client.post(create, {"notification_email": "a@b.lu"})):
        assert answer.headers["Location"] == BIN
    assert "Chaque personne en a un seul." in words(client.get(BIN))
    assert Space.objects.get(owner=ada) == space


@pytest.mark.parametrize("spaces", [1, 12])
def test_the_bin_costs_the_same_with_many_spaces(client, ada, spaces, django_assert_num_queries):
    for number in range(spaces):
        into_the_bin(ada, a_professional_space(ada, f"Number {number}"))
    client.get(BIN)
    with django_assert_num_queries(
        4
    ):  # session, memberships with spaces, who can, the header's list
        assert words(client.get(BIN)).count('<form method="post" action=') == spaces


def test_an_empty_bin_says_so(client, ada):
    assert "La corbeille est vide." in words(client.get(BIN))


def test_nobody_joins_a_space_in_the_bin(ada, space):
    require_in_use(space)
    into_the_bin(ada, space)
    with administrated(space.pk) as locked, pytest.raises(Refused) as refusal:
        require_in_use(*locked)
    assert refusal.value.code == "in-the-bin"
    assert Invitation.objects.live().filter(space=space).count() == 1
    assert RoleRequest.objects.filter(space=space, declined_at=None).count() == 1


# --- Coming back


def test_one_click_brings_it_back_as_it_was(client, ada, space):
    into_the_bin(ada, space)
    before = Membership.objects.filter(space=space).count()
    Dispatch.objects.all().delete()
    page = words(client.get(BIN))
    (way,) = re.findall(r'<form method="post" action="([^"]+)"', page)
    answer = client.post(way, follow=True)
    assert answer.request["PATH_INFO"] == page_of(space, "")
    assert "L’espace est rétabli, avec tout son contenu." in words(answer)
    space.refresh_from_db()
    assert (space.binned_at, space.binned_by) == (None, None)
    assert Membership.objects.filter(space=space).count() == before
    assert subjects() == ["L’un de vos espaces est rétabli"] * 2
    assert Entry.objects.filter(event="space.brought-back", space=space.pk).count() == 1
    assert client.post(way).status_code == 302  # twice is once
    assert Entry.objects.filter(event="space.brought-back").count() == 1


def test_looking_at_the_address_brings_nothing_back(client, ada, space):
    into_the_bin(ada, space)
    assert client.get(page_of(space, "retablir/")).headers["Location"] == BIN
    space.refresh_from_db()
    assert space.binned_at


def test_another_administrator_may_bring_it_back(client, ada):
    space, tom = a_professional_space(ada), a_person("Tom Weber")
    a_member(tom, space, Role.ADMINISTRATOR)
    into_the_bin(ada, space)
    signed_on(client, tom)
    assert client.post(page_of(space, "retablir/")).status_code == 302
    assert "Tom Weber a rétabli l’espace" in Dispatch.objects.filter(to=ada.email).latest("pk").text


def test_after_thirty_days_it_does_not_come_back(client, ada, space):
    into_the_bin(ada, space)
    with travel(days=30, minutes=1):
        signed_on(client, ada)
        answer = client.post(page_of(space, "retablir/"))
        assert answer.status_code == 400
        assert "Il ne peut plus être rétabli." in words(answer)
        with pytest.raises(Refused) as refusal:
            actions.bring_back(the_member(ada, space))
    assert refusal.value.code == "purged"


def test_deleted_and_brought_back_and_deleted_again_tells_each_time(ada, space):
    for _time in range(2):
        into_the_bin(ada, space)
        actions.bring_back(the_member(ada, space))
    assert len(subjects("ada@example.lu")) == 4


def test_a_week_before_the_end_who_can_act_is_reminded_once(ada, space):
    into_the_bin(ada, space)
    Dispatch.objects.all().delete()
    with travel(days=22):
        assert actions.remind_of_purges() == 0
    for days in (23.1, 24, 29):
        with travel(days=days):
            actions.remind_of_purges()
    assert subjects() == ["L’un de vos espaces sera bientôt supprimé définitivement"]
    assert Dispatch.objects.get().to == "ada@example.lu"
    with travel(days=31):
        assert actions.remind_of_purges() == 0


# --- The hub's ways there


def test_the_hub_offers_to_delete_what_one_may_delete(client, ada):
    tom = a_person("Tom Weber")
    a_member(ada, a_professional_space(tom, "Toitures"), Role.READER)
    assert "Supprimez" not in words(client.get(HUB))
    private = a_private_space(ada)
    page = words(client.get(HUB))
    assert "Supprimez votre Espace Privé et tous les éléments le composant." in page
    assert f'href="{page_of(private)}"' in page
    assert "dont vous êtes l’administrateur" not in page
    space = a_professional_space(ada, "Le four")
    page = words(client.get(HUB))
    assert "Supprimez un Espace Professionnel dont vous êtes l’administrateur." in page
    assert client.get("/fr/espaces/supprimer/").headers["Location"] == page_of(space)


def test_whoever_administrates_several_chooses(client, ada):
    spaces = [a_professional_space(ada, name) for name in ("Le four", "Le moulin", "<b>Fin</b>")]
    into_the_bin(ada, spaces[0])
    a_member(ada, a_professional_space(a_person("Tom Weber"), "Toitures"), Role.READER)
    page = words(client.get("/fr/espaces/supprimer/")).partition("<main")[2]
    assert [page_of(space) in page for space in spaces] == [False, True, True]
    assert "Toitures" not in page
    assert "<b>Fin" not in page


def test_whoever_administrates_nothing_is_told_so(client, ada):
    a_private_space(ada)
    assert "Vous n’administrez aucun espace professionnel." in words(
        client.get("/fr/espaces/supprimer/")
    )
