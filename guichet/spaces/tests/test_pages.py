"""The pages of a space: its data, its own page, what can be changed."""

import pytest

from guichet.audit.models import Entry
from guichet.registers.invented import closed
from guichet.registers.models import Consultation
from guichet.spaces import actions
from guichet.spaces.company import CompanyData
from guichet.spaces.models import Company, Membership, Role, Space
from guichet.spaces.tests.given import (
    a_draft,
    a_member,
    a_private_space,
    a_professional_space,
    words,
)
from tests.cast import a_credential, a_person, signed_on


@pytest.fixture
def ada(client, db):
    ada = a_person("Ada Muller", email="ada@example.lu")
    signed_on(client, ada)
    return ada


@pytest.fixture
def private(ada):
    return f"/fr/espaces/{a_private_space(ada).identifier}/"


@pytest.fixture
def professional(ada):
    return f"/fr/espaces/{a_professional_space(ada, 'Le four').identifier}/"


@pytest.fixture
def from_register(ada):
    draft = actions.choose_company(
        ada, draft=a_draft(ada, "Le four"), revision=2, reference="B195681"
    )
    space = actions.open_professional(
        ada,
        credential=a_credential(ada),
        draft=draft,
        revision=3,
        notification_email="ada@example.lu",
    )
    return f"/fr/espaces/{space.identifier}/"


# --- The frame around each page


@pytest.mark.parametrize("page", ["", "donnees/", "communications/", "espace/"])
def test_each_page_has_the_guides_tabs_and_says_which_it_is(client, professional, page):
    text = words(client.get(professional + page))
    tabs = ["Mes démarches", "Mes données professionnelles", "Communications"]
    for tab in [*tabs, "Espace professionnel"]:
        assert f">{tab}</a>" in text
    # The space's own page has tabs of its own, and is the first of them.
    times = 2 if page == "espace/" else 1
    assert text.count(f'href="{professional}{page}" aria-current="page"') == times
    assert text.count('aria-current="page"') == times
    assert "Le four" in text
    identifier = professional.split("/")[3]
    assert f'<span class="reference" id="identifier">{identifier}</span>' in text


def test_a_page_below_a_tab_belongs_to_it(client, professional):
    text = words(client.get(f"{professional}donnees/entreprise/"))
    assert f'href="{professional}donnees/" aria-current="page"' in text


@pytest.mark.parametrize("language", ["fr", "de", "en"])
@pytest.mark.parametrize("page", ["", "donnees/", "communications/", "espace/", "espace/adresse/"])
def test_pages_speak_three_languages(client, private, page, language):
    assert client.get(private.replace("/fr/", f"/{language}/") + page).status_code == 200


# --- My data


def test_register_data_is_read_for_the_page_and_not_kept(client, private):
    page = words(client.get(f"{private}donnees/"))
    assert "Source : registre de la population (RNPP), consulté à l’instant" in page
    assert "12 avril 1985" in page
    assert "ada@example.lu" in page
    [consultation] = Consultation.objects.all()
    assert consultation.purpose == "my-data"


def test_a_register_that_does_not_answer_stops_no_page(client, private):
    with closed("population"):
        page = words(client.get(f"{private}donnees/"))
    assert "Le registre ne répond pas" in page
    assert "Ce que nous gardons nous-mêmes" in page


def test_a_person_whom_the_register_does_not_know_is_told(client, db):
    mia = a_person("Mia Unknown")
    signed_on(client, mia)
    page = words(client.get(f"/fr/espaces/{a_private_space(mia).identifier}/donnees/"))
    assert "Le registre n’a pas d’entrée pour votre numéro" in page


def test_typed_company_data_say_so(client, professional):
    page = words(client.get(f"{professional}donnees/"))
    assert "B123456" in page
    assert "Saisi par un utilisateur de l’espace, dernière modification le" in page
    assert "Non indiqué" in page


def test_company_data_of_the_register_say_so(client, from_register):
    page = words(client.get(f"{from_register}donnees/"))
    assert "Registre des entreprises, consulté le" in page
    assert "contestez-la" in page


def test_a_typed_company_is_corrected(client, professional):
    address = f"{professional}donnees/entreprise/"
    assert 'value="Boulangerie Muller"' in words(client.get(address))
    space = Space.objects.get()
    data = {name: str(value) for name, value in CompanyData.in_row(space.company).values().items()}
    response = client.post(address, {**data, "vat": "LU 15027442", "name": "Boulangerie Ada"})
    assert response.status_code == 302
    row = Company.objects.get()
    assert (row.name, row.vat, row.rcs) == ("Boulangerie Ada", "LU15027442", "B123456")
    space.refresh_from_db()
    assert space.version == 2
    assert Entry.objects.filter(event="space.company-changed", space=space.pk).count() == 1
    assert "TVA" in words(client.post(address, {**data, "vat": "1"}))


def test_of_a_register_company_only_the_contact_is_changed(client, from_register):
    address = f"{from_register}donnees/entreprise/"
    assert 'name="name"' not in words(client.get(address))
    client.post(address, {"name": "Other", "phone": "26123456", "email": "", "permit": "1"})
    row = Company.objects.get()
    assert (row.name, row.phone) == ("Boulangerie Muller Sàrl", "+35226123456")
    assert row.source == "register"


def test_a_private_space_has_no_company(client, private):
    response = client.get(f"{private}donnees/entreprise/")
    assert response.headers["Location"] == f"{private}donnees/"


# --- The space's own page


def test_the_profile_of_a_professional_space(client, professional):
    space = Space.objects.get()
    a_member(a_person("Tom Weber"), space, Role.READER)
    page = words(client.get(f"{professional}espace/"))
    for told in ("Espace professionnel", "Créé le", "2 personnes utilisent cet espace"):
        assert told in page
    assert f'href="{professional}espace/utilisateurs/"' in page
    assert "Tom Weber" not in page
    assert f'href="{professional}espace/modifier/"' in page


def test_the_profile_of_a_private_space_has_no_members(client, private):
    page = words(client.get(f"{private}espace/"))
    assert "Membres" not in page
    assert "/espace/modifier/" not in page


def test_a_space_is_renamed(client, professional):
    address = f"{professional}espace/modifier/"
    data = {"name": " Le  four de Mersch ", "notification_email": "four@example.lu"}
    assert "L’espace est enregistré." in words(client.post(address, data, follow=True))
    space = Space.objects.get()
    assert (space.name, space.notification_email) == ("Le four de Mersch", "four@example.lu")
    assert space.version == 2
    assert Entry.objects.get(event="space.changed").data == {}
    assert "Indiquez un nom" in words(client.post(address, {**data, "name": ""}))


def test_a_member_chooses_where_to_be_told(client, professional):
    address = f"{professional}espace/adresse/"
    client.post(address, {"notification_email": "ada.pro@example.lu"})
    assert Membership.objects.get().notification_email == "ada.pro@example.lu"
    assert Space.objects.get().notification_email == "ada@example.lu"
    assert "ada.pro@example.lu" in words(client.get(f"{professional}communications/"))


def test_in_a_private_space_the_members_address_is_the_spaces(client, private):
    redirect = client.get(f"{private}espace/modifier/").headers["Location"]
    assert redirect == f"{private}espace/adresse/"
    client.post(redirect, {"notification_email": "ada.pro@example.lu"})
    space = Space.objects.get()
    assert (space.notification_email, space.version) == ("ada.pro@example.lu", 2)
    assert "n’est pas complète" in words(client.post(redirect, {"notification_email": "ada"}))


# --- What it costs


@pytest.mark.parametrize("page", ["donnees/", "espace/", "communications/", "espace/modifier/"])
def test_pages_of_a_space_cost_four_queries_at_most(
    client, professional, page, django_assert_max_num_queries
):
    client.get(professional + page)
    with django_assert_max_num_queries(4):
        client.get(professional + page)


# --- Hard data


def test_long_names_and_hostile_names_are_shown_as_text(client, ada):
    name = '<script>alert("x")</script> ' + "Albuquerque" * 8
    space = a_professional_space(ada, name)
    page = words(client.get(f"/fr/espaces/{space.identifier}/espace/"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert len(space.name) <= Space.NAME_LENGTH_MAX
