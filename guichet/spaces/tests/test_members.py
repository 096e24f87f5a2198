"""Users of a space: seen, changed, removed, leaving; and never without an administrator."""

import multiprocessing
from contextlib import suppress
from datetime import date

import pytest
from django.db import connection
from django.utils import translation

from guichet import clock
from guichet.audit.models import Entry
from guichet.persons.models import Person
from guichet.post.models import Dispatch
from guichet.refusals import NotAllowed, Refused
from guichet.signon.models import Credential
from guichet.spaces import actions, people
from guichet.spaces.actions.guarding import active_administrators
from guichet.spaces.models import Membership, Role, Space
from guichet.spaces.policy import CAPABILITIES, RIGHTS, Can
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space, words
from guichet.spaces.themes import Theme
from tests.cast import a_credential, a_number, a_person, signed_on
from tests.racing import together


@pytest.fixture
def ada(db):
    return a_person("Ada Muller")


@pytest.fixture
def tom(db):
    tom = a_person("Tom Weber", language="en")
    a_credential(tom)
    return tom


@pytest.fixture
def space(ada):
    return a_professional_space(ada)


@pytest.fixture
def administrator(space):
    return Membership.objects.get(space=space)


@pytest.fixture
def manager(space, tom):
    return a_member(tom, space)


def url(space: Space, page: str = "", language: str = "en") -> str:
    return f"/{language}/espaces/{space.identifier}/espace/{page}"


def subjects(person: Person) -> list[str]:
    return sorted(Dispatch.objects.filter(to=person.email).values_list("subject", flat=True))


# --- The table of rights


@pytest.mark.parametrize("role", list(Role))
def test_everybody_reads_the_one_table_and_what_they_are(client, space, tom, role):
    a_member(tom, space, role)
    signed_on(client, tom)
    page = words(client.get(url(space, "droits/")))
    with translation.override("en"):
        assert all(str(label) in page for label in RIGHTS.values())
    assert page.count(">Yes<") == sum(len(rights) for rights in CAPABILITIES.values())
    assert page.count(">No<") == len(Can) * len(Role) - page.count(">Yes<")
    assert "Ada Muller made you" in page
    assert ("Ask for another role" in page) == (role != Role.ADMINISTRATOR)
    assert ("/espace/utilisateurs/" in page) == (role == Role.ADMINISTRATOR)


def test_limits_are_told(client, space, tom, manager):
    Membership.objects.filter(pk=manager.pk).update(limits=[Theme.TAXES])
    signed_on(client, tom)
    assert "Taxes and duties" in words(client.get(url(space, "droits/")))


# --- The list


def test_the_list_says_who_what_since_how_and_with_what(client, space, ada, tom, manager):
    strict = a_credential(tom)
    Membership.objects.filter(pk=manager.pk).update(only_with=strict)
    Credential.objects.filter(person=ada).update(last_success_at=clock.now())
    signed_on(client, ada)
    page = words(client.get(url(space, "utilisateurs/")))
    for told in ("Tom Weber", "Manager", "Was invited", "Created the eSpace", strict.number[-4:]):
        assert told in page
    assert "Not yet" in page


def test_a_product_that_does_not_work_is_marked(client, space, ada, manager):
    Credential.objects.filter(person=manager.person).update(suspended_at=clock.now())
    signed_on(client, ada)
    assert "None works now" in words(client.get(url(space, "utilisateurs/")))


def test_a_manager_is_told_who_can_and_how_to_ask(client, space, tom, manager):
    signed_on(client, tom)
    answer = client.get(url(space, "utilisateurs/"))
    page = words(answer)
    assert answer.status_code == 403
    assert "Your role in this eSpace is: Manager." in page
    assert "This can be changed by: Ada Muller." in page
    assert url(space, "demander/?droit=members") in page
    assert url(space, "droits/") in page
    assert client.get(url(space, f"utilisateurs/{manager.pk}/")).status_code == 403
    assert client.post(url(space, f"utilisateurs/{manager.pk}/retirer/"), {"x": 1}).status_code == (
        403
    )


def test_a_stranger_finds_nothing(client, space, manager):
    signed_on(client, a_person("Eve Stranger"))
    pages = ["droits/", "utilisateurs/", "quitter/", "demander/"]
    pages += [f"utilisateurs/{manager.pk}/", f"utilisateurs/{manager.pk}/retirer/"]
    for page in pages:
        assert client.get(url(space, page)).status_code == 404
        assert client.post(url(space, page), {"role": "administrator"}).status_code == 404


def test_a_user_of_another_space_is_not_there(client, ada, space, tom):
    other = a_professional_space(tom)
    theirs = Membership.objects.get(space=other)
    signed_on(client, ada)
    assert client.get(url(space, f"utilisateurs/{theirs.pk}/")).status_code == 404


def test_a_private_space_has_no_users_page(client, ada):
    space = a_private_space(ada)
    signed_on(client, ada)
    for page in ("utilisateurs/", "quitter/"):
        assert client.get(url(space, page)).headers["Location"] == url(space)


def many(space: Space, count: int) -> None:
    for number in range(count):
        born = date(1970, 1, 1)
        own = a_number(born, number)  # leaves the numbers that other tests draw alone
        person = a_person(f"Person{number:03d} Family{number:03d}", born=born, number=own)
        a_member(person, space, Role.READER if number % 2 else Role.MANAGER)


def test_five_hundred_users_cost_six_queries(client, ada, space, django_assert_max_num_queries):
    many(space, 499)
    signed_on(client, ada)
    client.get(url(space, "utilisateurs/"))
    with django_assert_max_num_queries(6):
        page = words(client.get(url(space, "utilisateurs/")))
    assert "500 users" in page
    assert "Page 1 of 10" in page
    with django_assert_max_num_queries(6):
        page = words(client.get(url(space, "utilisateurs/?role=reader&page=2")))
    assert page.count("<th scope=row>") + page.count('<th scope="row">') == 50
    assert "?role=reader&amp;page=3" in page


def test_names_are_found_without_accents_and_by_their_beginnings(ada, space):
    a_member(a_person("Zoé Müller-Thill"), space, Role.READER)
    a_member(a_person("Tom Weber"), space)
    assert [user.member.person.name for user in people.users(space.pk, q="thi zoe").shown] == [
        "Zoé Müller-Thill"
    ]
    assert people.users(space.pk, q="muller").found == 2
    assert people.users(space.pk, q="muller", role=Role.READER).found == 1
    assert people.users(space.pk, q="nobody").found == 0
    assert people.users(space.pk, page="99").page.number == 1


# --- Changing


def test_a_role_is_changed_and_everybody_concerned_is_told(client, ada, tom, space, manager):
    luc = a_person("Luc Reuter", language="en")
    a_member(luc, space, Role.ADMINISTRATOR)
    signed_on(client, ada)
    data = {"role": "contributor", "scope": "some", "limits": ["taxes", "staff"]}
    page = words(client.post(url(space, f"utilisateurs/{manager.pk}/"), data, follow=True))
    assert "The role of Tom Weber is saved." in page
    manager.refresh_from_db()
    assert (manager.role, manager.limits) == (Role.CONTRIBUTOR, ["staff", "taxes"])
    assert manager.role_from == ada
    assert subjects(tom) == ["Your role in an eSpace has changed"]
    assert subjects(luc) == ["The users of your eSpace have changed"]
    assert "Ada Muller" in Dispatch.objects.get(to=tom.email).text
    entry = Entry.objects.get(event="space.member-changed")
    assert (entry.whom, entry.space) == (tom.pk, space.pk)
    assert "Tom" not in str(entry.data)


def test_the_same_again_changes_and_tells_nothing(administrator, tom, manager):
    before = manager.role_since
    actions.change_member(administrator, member=manager, role=Role.MANAGER, limits=[])
    manager.refresh_from_db()
    assert manager.role_since == before
    assert subjects(tom) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"role": "manager", "scope": "some"}, "Tick at least one theme"),
        (
            {"role": "reader", "scope": "some", "limits": ["taxes"]},
            "Only managers and contributors",
        ),
        ({"scope": "all"}, "Choose a role."),
        ({"role": "king", "scope": "all"}, "Choose one of the answers"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(client, ada, space, manager, data, said):
    signed_on(client, ada)
    page = words(client.post(url(space, f"utilisateurs/{manager.pk}/"), data))
    assert said in page
    manager.refresh_from_db()
    assert manager.role == Role.MANAGER


def test_the_last_administrator_keeps_the_role(client, ada, space, administrator):
    signed_on(client, ada)
    data = {"role": "reader", "scope": "all"}
    page = words(client.post(url(space, f"utilisateurs/{administrator.pk}/"), data))
    assert "would have no administrator any more" in page
    administrator.refresh_from_db()
    assert administrator.role == Role.ADMINISTRATOR


def test_whoever_gives_up_the_role_is_not_said_to_have_created_the_space(
    client, ada, space, administrator, tom
):
    a_member(tom, space, Role.ADMINISTRATOR)
    signed_on(client, ada)
    client.post(url(space, f"utilisateurs/{administrator.pk}/"), {"role": "reader", "scope": "all"})
    assert "You chose this role yourself" in words(client.get(url(space, "droits/")))


def test_an_administrator_who_was_demoted_meanwhile_changes_nothing(administrator, space, tom):
    member = a_member(tom, space, Role.ADMINISTRATOR)
    actions.change_member(administrator, member=member, role=Role.READER)
    with pytest.raises(NotAllowed):
        actions.change_member(member, member=administrator, role=Role.READER)


# --- Removing and leaving


def test_somebody_is_removed_after_a_question(client, ada, tom, space, manager):
    signed_on(client, ada)
    address = url(space, f"utilisateurs/{manager.pk}/retirer/")
    assert "Remove Tom Weber?" in words(client.get(address))
    assert Membership.objects.filter(pk=manager.pk).exists()
    page = words(client.post(address, {"yes": 1}, follow=True))
    assert "Tom Weber is not a user of this eSpace any more." in page
    assert subjects(tom) == ["You no longer belong to an eSpace"]
    assert client.post(address, {"yes": 1}).status_code == 404
    signed_on(client, tom)
    assert client.get(url(space)).status_code == 404
    assert Entry.objects.get(event="space.member-removed").whom == tom.pk


def test_somebody_who_is_gone_already_is_said_to_be_gone(administrator, manager):
    actions.remove_member(administrator, member=manager)
    for again in (
        lambda: actions.remove_member(administrator, member=manager),
        lambda: actions.change_member(administrator, member=manager, role=Role.READER),
        lambda: actions.leave_space(manager),
    ):
        with pytest.raises(Refused) as refusal:
            again()
        assert refusal.value.code == "not-a-user"


def test_a_member_leaves(client, ada, tom, space, manager):
    Person.objects.filter(pk=ada.pk).update(language="en")
    signed_on(client, tom)
    assert "Leave this eSpace?" in words(client.get(url(space, "quitter/")))
    page = words(client.post(url(space, "quitter/"), {"yes": 1}, follow=True))
    assert "You have left the eSpace" in page
    assert not Membership.objects.filter(person=tom).exists()
    assert "The users of your eSpace have changed" in subjects(ada)


def test_the_last_administrator_is_shown_the_ways_on(client, ada, space, manager):
    signed_on(client, ada)
    page = words(client.get(url(space, "quitter/")))
    assert "You are its last administrator" in page
    assert url(space, "utilisateurs/") in page
    assert "would have no administrator" in words(client.post(url(space, "quitter/"), {"yes": 1}))
    assert Membership.objects.filter(space=space).count() == 2


def test_nobody_leaves_a_private_space(ada):
    member = Membership.objects.get(space=a_private_space(ada))
    with pytest.raises(Refused) as refusal:
        actions.leave_space(member)
    assert refusal.value.code == "private-space"


# --- Two at once


RACES = {
    "remove each other": lambda one, two: (
        lambda: actions.remove_member(one, member=two),
        lambda: actions.remove_member(two, member=one),
    ),
    "demote each other": lambda one, two: (
        lambda: actions.change_member(one, member=two, role=Role.READER),
        lambda: actions.change_member(two, member=one, role=Role.READER),
    ),
    "one leaves, one is demoted": lambda one, two: (
        lambda: actions.leave_space(one),
        lambda: actions.change_member(one, member=two, role=Role.READER),
    ),
    "both leave": lambda one, two: (
        lambda: actions.leave_space(one),
        lambda: actions.leave_space(two),
    ),
}


def two_administrators() -> tuple[Membership, Membership]:
    ada, tom = a_person("Ada Muller"), a_person("Tom Weber")
    a_credential(tom)
    space = a_professional_space(ada)
    a_member(tom, space, Role.ADMINISTRATOR)
    one, two = Membership.objects.filter(space=space).order_by("since", "pk")
    return one, two


def refusing(act):
    """Being demoted meanwhile is a refusal too."""

    def run():
        try:
            return act()
        except NotAllowed:
            return "not-allowed"

    return run


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
@pytest.mark.parametrize("race", RACES)
def test_two_threads_never_leave_a_space_without_an_administrator(race, _round):
    one, two = two_administrators()
    together(*[refusing(act) for act in RACES[race](one, two)])
    assert active_administrators().filter(space=one.space_id).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("race", RACES)
def test_two_processes_never_leave_a_space_without_an_administrator(race):
    one, two = two_administrators()
    connection.close()  # each process opens its own
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(2)

    def run(act):
        start.wait()
        with suppress(Refused, NotAllowed):
            act()
        connection.close()

    processes = [fork.Process(target=run, args=(act,)) for act in RACES[race](one, two)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert active_administrators().filter(space=one.space_id).count() == 1
