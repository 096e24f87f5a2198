"""What tests of spaces start from."""

from typing import Any
from uuid import uuid4

from guichet.persons.models import Person
from guichet.signon.models import Credential
from guichet.spaces import actions
from guichet.spaces.company import CompanyData
from guichet.spaces.models import Membership, Role, Space, SpaceDraft
from tests.cast import a_credential


def words(response: Any) -> str:
    """The page as people read it: no-break spaces are spaces."""
    return str(response.content.decode()).replace("\u00a0", " ")


def a_company(**values: str) -> CompanyData:
    """A bakery, typed by hand."""
    known = {
        "name": "Boulangerie Muller",
        "legal_form": "sarl",
        "rcs": "B123456",
        "address_line1": "3, rue du Four",
        "postal_code": "L-1234",
        "locality": "Luxembourg",
    }
    return CompanyData.typed(**{**known, **values})


def a_private_space(person: Person) -> Space:
    """The person's own."""
    return actions.open_private(person, notification_email=person.email)


def a_draft(person: Person, name: str = "Espace pro", *, company: bool = True) -> SpaceDraft:
    """A space in preparation, ready for its last step."""
    draft = actions.start_professional(person, once=uuid4(), name=name)
    if not company:
        return draft
    return actions.save_company(person, draft=draft, revision=1, company=a_company())


def a_professional_space(
    person: Person,
    name: str = "Espace pro",
    *,
    credential: Credential | None = None,
    **company: Any,
) -> Space:
    """A company's space, with the person as its administrator."""
    draft = a_draft(person, name)
    if company:
        given = a_company(**company)
        draft = actions.save_company(person, draft=draft, revision=draft.revision, company=given)
    return actions.open_professional(
        person,
        credential=credential or a_credential(person),
        draft=draft,
        revision=draft.revision,
        notification_email=person.email,
    )


def a_member(person: Person, space: Space, role: str = Role.MANAGER) -> Membership:
    """Somebody whom the administrator let in."""
    return Membership.objects.create(
        space=space,
        person=person,
        role=role,
        origin=Membership.Origin.INVITATION,
        created_by=person,
        role_from=Membership.objects.filter(space=space, role=Role.ADMINISTRATOR)
        .earliest("since")
        .person,
        notification_email=person.email,
    )
