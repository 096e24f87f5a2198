"""The hub: the guide's two columns, one's spaces, what is in preparation."""

import pytest

from guichet.spaces.models import Role
from guichet.spaces.tests.given import (
    a_draft,
    a_member,
    a_private_space,
    a_professional_space,
    words,
)
from tests.cast import a_person, signed_on, travel

HUB = "/fr/espaces/"


@pytest.fixture
def ada(client, db):
    ada = a_person("Ada Muller")
    signed_on(client, ada)
    return ada


def test_the_hub_has_the_guides_columns_and_words(client, ada):
    page = words(client.get(HUB))
    for told in (
        "Espaces Privés</h2>",
        "Espaces Professionnels</h2>",
        "Créez votre Espace Privé pour vos démarches personnelles.",
        "Créer Mon Espace Privé",
        "Créez l’espace de votre entreprise sur MyGuichet et invitez des utilisateurs à vous",
        "Créer un Espace Professionnel",
    ):
        assert told in page
    assert page.count("Plus d’infos") == 2
    assert "sur l’espace privé" in page
    assert "sur l’espace professionnel" in page
    for later in ("Fusionn", "Supprimez", "Inviter"):
        assert later not in page


def test_ones_spaces_come_first_with_name_identifier_and_role(client, ada):
    private = a_private_space(ada)
    space = a_professional_space(ada, "Le four")
    other = a_professional_space(a_person("Tom Weber"), "Toitures Weber")
    a_member(ada, other, Role.READER)
    a_professional_space(a_person("Eve Stranger"), "Eve and daughters")

    page = words(client.get(HUB))

    for each in (private, space, other):
        assert f'<span class="reference">{each.identifier}</span>' in page
        assert f'href="/fr/espaces/{each.identifier}/">Ouvrir' in page
    assert "Lecteur" in page
    assert "Eve and daughters" not in page
    assert "Créer Mon Espace Privé" not in page
    assert page.index("Le four") < page.index("Créer un Espace Professionnel")


def test_drafts_wait_to_be_resumed_until_they_are_finished_or_too_old(client, ada):
    draft = a_draft(ada, "Fleurs")
    a_professional_space(ada, "Le four")
    a_draft(a_person("Tom Weber"), "Toitures")
    page = words(client.get(HUB))
    assert f'href="/fr/espaces/pro/creer/{draft.pk}/">Reprendre' in page
    assert page.count(">Reprendre") == 1
    with travel(days=91):
        signed_on(client, ada)
        assert "Reprendre" not in words(client.get(HUB))


@pytest.mark.parametrize("spaces", [0, 1, 12])
def test_the_hub_costs_the_same_with_many_spaces(client, ada, spaces, django_assert_num_queries):
    for number in range(spaces):
        a_professional_space(ada, f"Number {number}")
    client.get(HUB)
    # session, memberships with spaces, drafts, requests, invitations, mails that come back; with a
    # space, its merger
    with django_assert_num_queries(7 if spaces else 6):
        assert words(client.get(HUB)).count(">Ouvrir") == spaces


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_hub_speaks_german_and_english(client, ada, language):
    a_draft(ada)
    a_private_space(ada)
    page = words(client.get(f"/{language}/espaces/"))
    assert {"de": "Berufliche Bereiche", "en": "Business eSpaces"}[language] in page
