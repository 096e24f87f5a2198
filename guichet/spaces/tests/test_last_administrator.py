"""A professional space in use always has an administrator who can open it."""

import pytest

from guichet import clock
from guichet.refusals import Refused
from guichet.signon.models import Credential
from guichet.spaces.actions.guarding import active_administrators, administrated
from guichet.spaces.models import Membership, Role, Space
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space
from tests.cast import a_credential, a_person
from tests.racing import together


def remove(member: Membership) -> str:
    with administrated(member.space_id):
        Membership.objects.filter(pk=member.pk).delete()
    return "removed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(5))
def test_two_administrators_who_remove_each_other_leave_one(_round):
    ada, tom = a_person("Ada Muller"), a_person("Tom Weber")
    a_credential(tom)
    space = a_professional_space(ada)
    a_member(tom, space, Role.ADMINISTRATOR)
    members = list(Membership.objects.filter(space=space))
    results = together(*[lambda member=member: remove(member) for member in members])
    assert sorted(results) == ["last-administrator", "removed"]
    assert active_administrators().filter(space=space).count() == 1


@pytest.mark.django_db
def test_the_last_one_does_not_go():
    space = a_professional_space(a_person("Ada Muller"))
    with pytest.raises(Refused) as refusal:
        remove(Membership.objects.get(space=space))
    assert refusal.value.code == "last-administrator"
    assert Membership.objects.filter(space=space).count() == 1


@pytest.mark.django_db
def test_whose_product_is_lost_or_account_closed_administrates_nothing():
    ada = a_person("Ada Muller")
    space = a_professional_space(ada)
    assert active_administrators().get().space == space
    Credential.objects.filter(person=ada).update(suspended_at=clock.now())
    assert not active_administrators().exists()
    second = a_credential(ada)
    assert active_administrators().exists()
    Membership.objects.update(only_with=Credential.objects.exclude(pk=second.pk).get(person=ada))
    assert not active_administrators().exists()
    Membership.objects.update(only_with=second)
    assert active_administrators().exists()
    ada.account.closed_at = clock.now()
    ada.account.save()
    assert not active_administrators().exists()


@pytest.mark.django_db
def test_private_spaces_and_spaces_in_the_bin_need_none():
    ada = a_person("Ada Muller")
    private, space = a_private_space(ada), a_professional_space(ada)
    with administrated(private.pk):
        Membership.objects.filter(space=private).delete()
    with administrated(space.pk):
        Space.objects.filter(pk=space.pk).update(binned_at=clock.now(), binned_by=ada)
        Membership.objects.filter(space=space).delete()


@pytest.mark.django_db
def test_where_the_last_one_has_died_the_others_may_still_leave():
    ada, tom = a_person("Ada Muller"), a_person("Tom Weber")
    space = a_professional_space(ada)
    tom_in_it = a_member(tom, space)
    ada.account.closed_at = clock.now()
    ada.account.save()
    assert remove(tom_in_it) == "removed"
