"""A professional space in three steps: through the pages, interrupted, doubled and raced."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from guichet.audit.models import Entry
from guichet.refusals import Refused
from guichet.registers.invented import closed
from guichet.spaces import actions
from guichet.spaces.company import CompanyData
from guichet.spaces.models import Company, GivenIdentifier, Membership, Role, Space, SpaceDraft
from guichet.spaces.tasks import forget_drafts
from guichet.spaces.tests.given import a_company, a_draft, a_professional_space, words
from tests.cast import a_credential, a_person, signed_on, travel

START = "/fr/espaces/pro/creer/nom/"
TYPED = {
    "name": "Fleurs Hoffmann",
    "legal_form": "self-employed",
    "national_number": "1983 0819 74925",
    "vat": "lu 150.274.42",
    "rcs": "a 12",
    "nace": "4776",
    "address_line1": "5, rue des Lilas",
    "postal_code": "L 1234",
    "locality": "Luxembourg",
    "country": "LU",
    "phone": "26 12 34 56",
    "email": "fleurs@example.lu",
    "permit": "10012345/0",
}


@pytest.fixture
def ada(client, db):
    ada = a_person("Ada Muller", email="ada@example.lu")
    signed_on(client, ada)
    return ada


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    values: set[str] = set(re.findall(rf'name="{name}" value="([^"]*)"', page))
    assert len(values) == 1
    return values.pop()


def go(client: Client, address: str, **data: str):
    """Fill in the page's form and send it."""
    page = words(client.get(address))
    kept = {name: hidden(page, name) for name in ("once", "revision") if f'name="{name}"' in page}
    return client.post(address, kept | data)


# --- The way of the guide


def test_ada_follows_the_guide(client, ada):
    page = words(client.get(START))
    assert "Étape 1 sur 3" in page
    assert "<h1>Donnez un nom à votre espace</h1>" in page
    company = go(client, START, name="  Espace pro  de Léa ").headers["Location"]

    page = words(client.get(company))
    assert "Étape 2 sur 3" in page
    assert "<h1>Renseignez les informations de votre entreprise</h1>" in page
    found = words(client.post(company, {"text": "boulangerie muller"}))
    assert "Boulangerie Muller Sàrl" in found
    confirm = client.post(
        company, {"revision": hidden(found, "revision"), "reference": "B195681"}
    ).headers["Location"]
    page = words(client.get(confirm))
    assert "B195681" in page
    assert "Source : registre des entreprises, consulté le" in page
    user = go(client, confirm, phone="26123456", email="", permit="").headers["Location"]

    page = words(client.get(user))
    assert "Étape 3 sur 3" in page
    assert "<h1>Vérifiez vos infos d’utilisateurs</h1>" in page
    for told in ("Espace pro de Léa", "Boulangerie Muller Sàrl", "Muller", "+35226123456"):
        assert told in page
    assert 'value="ada@example.lu"' in page
    finished = go(client, user, notification_email="ada.pro@example.lu").headers["Location"]

    space = Space.objects.get()
    page = words(client.get(finished))
    assert "<h1>Vous venez de créer votre espace professionnel</h1>" in page
    assert "Vous pouvez maintenant faire votre démarche." in page
    assert space.identifier in page
    assert f'href="/fr/espaces/{space.identifier}/"' in page

    assert (space.name, space.kind, space.owner) == ("Espace pro de Léa", "professional", None)
    [member] = Membership.objects.all()
    assert (member.person, member.role) == (ada, Role.ADMINISTRATOR)
    assert member.notification_email == "ada.pro@example.lu"
    assert (space.company.source, space.company.vat) == ("register", "LU24071660")
    assert space.company.national_number == "20122400809"
    draft = SpaceDraft.objects.get()
    assert (draft.company, draft.space) == ({}, space)
    assert list(Entry.objects.filter(event__startswith="space.").values_list("event", flat=True))
    assert Entry.objects.get(event="space.opened").space == space.pk


def test_a_company_typed_by_hand_is_read_as_people_write(client, ada):
    company = go(client, START, name="Fleurs").headers["Location"]
    user = go(client, f"{company}saisie/", **TYPED).headers["Location"]
    go(client, user, notification_email="ada@example.lu")
    row = Company.objects.get()
    assert (row.vat, row.rcs, row.nace) == ("LU15027442", "A12", "47.76")
    assert (row.postal_code, row.phone, row.source) == ("L-1234", "+35226123456", "typed")
    assert row.national_number == "1983081974925"


def test_a_persons_number_is_sealed_and_a_companys_is_not(ada):
    space = a_professional_space(ada, national_number="1983081974925")
    row = Company.objects.get(space=space)
    assert (row.business_number, row.national_number) == ("", "1983081974925")
    assert row.person_number_sealed is not None
    assert b"1983081974925" not in bytes(row.person_number_sealed)
    other = Company()
    other.national_number = "20122400809"
    assert (other.business_number, other.person_number_sealed) == ("20122400809", None)


def test_an_association_needs_a_name_a_form_and_an_address(client, ada):
    company = go(client, START, name="Chorale").headers["Location"]
    data = {"name": "Chorale ASBL", "legal_form": "asbl", "address_line1": "1, rue du Chœur"}
    data |= {"postal_code": "1234", "locality": "Mersch", "country": "LU"}
    assert go(client, f"{company}saisie/", **data).status_code == 302


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("name", "", "Indiquez le nom de l’entreprise."),
        ("legal_form", "", "Choisissez la forme juridique."),
        ("vat", "LU12345678", "Le numéro de TVA n’est pas correct."),
        ("rcs", "123456", "Le numéro RCS commence par une lettre."),
        ("national_number", "20122400808", "Un chiffre"),
        ("national_number", "1983081974926", "Un chiffre du numéro d’identification est faux."),
        ("nace", "x", "Le code NACE a 2 à 5 chiffres."),
        ("postal_code", "123", "Le code postal a 4 chiffres."),
        ("address_line1", "", "Indiquez le numéro et la rue."),
        ("locality", "", "Indiquez la localité."),
        ("phone", "12", "Le numéro de téléphone"),
        ("email", "fleurs@", "L’adresse e-mail n’est pas complète."),
        ("country", "XX", "liste"),
    ],
)
def test_each_slip_gets_its_own_sentence(client, ada, field, typed, told):
    company = go(client, START, name="Fleurs").headers["Location"]
    response = go(client, f"{company}saisie/", **{**TYPED, field: typed})
    page = words(response)
    assert response.status_code == 200
    assert page.count(told) == 2  # in the summary and at the field
    assert f'href="#id_{field}"' in page
    assert "<title>Erreur :" in page
    assert "Fleurs Hoffmann" in page or field == "name"
    assert SpaceDraft.objects.get().company == {}


def test_a_postal_code_abroad_follows_its_own_rule(client, ada):
    company = go(client, START, name="Fleurs").headers["Location"]
    response = go(client, f"{company}saisie/", **{**TYPED, "postal_code": "54290", "country": "DE"})
    assert response.status_code == 302
    page = words(client.get(response.headers["Location"]))
    assert "54290 Luxembourg<br>Allemagne" in page


@pytest.mark.parametrize("name", ["", "   "])
def test_a_space_needs_a_name(client, ada, name):
    page = words(go(client, START, name=name))
    assert "Indiquez un nom pour votre espace." in page
    assert not SpaceDraft.objects.exists()


# --- The register


def test_a_register_that_does_not_answer_stops_nobody(client, ada):
    company = go(client, START, name="Fleurs").headers["Location"]
    with closed("business"):
        page = words(client.post(company, {"text": "boulangerie"}))
        choice = client.post(company, {"revision": "1", "reference": "B195681"})
    for answer in (page, words(choice)):
        assert "Le registre ne répond pas" in answer
        assert f'href="{company}saisie/"' in answer


def test_nothing_found_says_what_to_do(client, ada):
    company = go(client, START, name="Fleurs").headers["Location"]
    assert "Nous n’avons trouvé aucune entreprise" in words(
        client.post(company, {"text": "zzzzzz"})
    )
    assert "Indiquez le nom ou un numéro" in words(client.post(company, {"text": ""}))
    assert "Il y a 1 erreur" in words(client.post(company, {"text": "x"}))
    answer = client.post(company, {"revision": "1", "reference": "B999999"})
    assert "Le registre ne connaît pas ce numéro." in words(answer)


@pytest.mark.parametrize(
    "text", ["B195681", "LU 240 716 60", "2012 2400 809", "BOULANGERIE müller"]
)
def test_a_company_is_found_by_name_and_by_each_number(client, ada, text):
    company = go(client, START, name="Fleurs").headers["Location"]
    assert "Boulangerie Muller Sàrl" in words(client.post(company, {"text": text}))


def test_searching_has_a_limit(client, ada):
    company = go(client, START, name="Fleurs").headers["Location"]
    for _search in range(60):
        assert "Sàrl" in words(client.post(company, {"text": "B195681"}))
    page = words(client.post(company, {"text": "B195681"}))
    assert "essai" in page
    assert "Choisissez votre entreprise." not in page
    assert "essai" in words(client.post(company, {"revision": "1", "reference": "B195681"}))
    assert not SpaceDraft.objects.get().company


def test_what_the_register_says_is_not_typed_over(client, ada):
    company = go(client, START, name="Fleurs").headers["Location"]
    client.post(company, {"revision": "1", "reference": "B195681"})
    go(client, f"{company}registre/", name="Other name", phone="26123456")
    assert SpaceDraft.objects.get().company["name"] == "Boulangerie Muller Sàrl"


def test_what_the_register_has_wrong_can_be_typed_by_hand(client, ada):
    company = go(client, START, name="Fleurs").headers["Location"]
    client.post(company, {"revision": "1", "reference": "B195681"})
    assert 'value="Boulangerie Muller Sàrl"' in words(client.get(f"{company}saisie/"))
    go(client, f"{company}saisie/", **TYPED)
    known = CompanyData(**SpaceDraft.objects.get().company)
    assert (known.name, known.source) == ("Fleurs Hoffmann", "typed")


# --- Leaving, going back, coming again


def test_a_draft_waits_on_the_hub(client, ada):
    company = go(client, START, name="Fleurs").headers["Location"]
    with travel(days=3):
        signed_on(client, ada)
        hub = words(client.get("/fr/espaces/"))
        assert "Fleurs" in hub
        assert "En préparation." in hub
        assert words(client.get(company.replace("entreprise", "nom"))).count('value="Fleurs"') == 1


@pytest.mark.parametrize("leave", ["_back", "_later"])
def test_leaving_keeps_what_was_typed_right_or_not(client, ada, leave):
    company = go(client, START, name="Fleurs").headers["Location"]
    response = go(client, f"{company}saisie/", **{**TYPED, "vat": "LU1", leave: "1"})
    draft = SpaceDraft.objects.get()
    back = f"/fr/espaces/pro/creer/{draft.pk}/nom/"
    assert response.headers["Location"] == (back if leave == "_back" else "/fr/espaces/")
    page = words(client.get(f"{company}saisie/"))
    assert 'value="LU1"' in page
    assert 'value="Fleurs Hoffmann"' in page

    user = f"/fr/espaces/pro/creer/{draft.pk}/utilisateur/"
    assert "TVA" in words(go(client, user, notification_email="ada@example.lu"))
    assert not Space.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("address_line1", "", "Indiquez le numéro et la rue."),
        ("locality", " \u200b", "Indiquez la localité."),
        ("country", "LUX", "Choisissez le pays."),
        ("country", "", "Choisissez le pays."),
        ("email", "fleurs at example", "L’adresse e-mail n’est pas complète."),
    ],
)
def test_what_was_left_half_typed_opens_no_space(client, ada, field, typed, told):
    company = go(client, START, name="Fleurs").headers["Location"]
    go(client, f"{company}saisie/", **{**TYPED, field: typed}, _later="1")
    user = company.replace("entreprise", "utilisateur")
    assert told in words(go(client, user, notification_email="ada@example.lu"))
    assert not Space.objects.exists()


@pytest.mark.parametrize("step", ["nom", "entreprise/saisie", "utilisateur"])
def test_signs_that_no_database_takes_are_left_out(client, ada, step):
    draft = a_draft(ada)
    steps = f"/fr/espaces/pro/creer/{draft.pk}"
    strange = {
        "name": "Fl\0eu\x1b\u202ers\ufffe",
        "permit": "1\0",
        "notification_email": "a\0@b.lu",
    }
    assert go(client, f"{steps}/{step}/", **{**TYPED, **strange}, _later="1").status_code == 302
    response = go(client, f"{steps}/utilisateur/", notification_email="ada@example.lu")
    assert response.headers["Location"] == f"{steps}/termine/"
    space = Space.objects.get()
    assert "Fleurs" in (space.name, Company.objects.get().name) or step == "utilisateur"


def test_looking_at_what_the_register_says_leaves_it_the_registers(client, ada):
    company = go(client, START, name="Fleurs").headers["Location"]
    client.post(company, {"revision": "1", "reference": "B195681"})
    known = SpaceDraft.objects.get().company
    typed = {name: value for name, value in known.items() if name not in ("source", "checked_at")}
    assert go(client, f"{company}saisie/", **typed, _back="1").status_code == 302
    assert SpaceDraft.objects.get().company == known


def test_leaving_the_last_step_keeps_the_address(client, ada):
    draft = a_draft(ada)
    user = f"/fr/espaces/pro/creer/{draft.pk}/utilisateur/"
    response = go(client, user, notification_email="typed@", _back="1")
    assert response.headers["Location"].endswith("/entreprise/saisie/")
    assert 'value="typed@"' in words(client.get(user))


def test_resuming_leads_to_the_step_at_which_one_stopped(client, ada):
    go(client, START, name="Fleurs")
    draft = SpaceDraft.objects.get()
    resume = f"/fr/espaces/pro/creer/{draft.pk}/"

    def leads_to() -> str:
        return str(client.get(resume).headers["Location"]).removeprefix(resume)

    assert leads_to() == "entreprise/"
    go(client, f"{resume}entreprise/saisie/", **TYPED)
    assert leads_to() == "entreprise/saisie/"
    go(client, f"{resume}utilisateur/", notification_email="ada@example.lu", _later="1")
    assert leads_to() == "utilisateur/"
    go(client, f"{resume}utilisateur/", notification_email="ada@example.lu")
    assert client.get(client.get(resume).headers["Location"]).status_code == 302


def test_nobody_else_resumes_a_draft(client, ada):
    go(client, START, name="Fleurs")
    draft = SpaceDraft.objects.get()
    signed_on(client, a_person("Tom Weber"))
    assert client.get(f"/fr/espaces/pro/creer/{draft.pk}/").status_code == 404


def test_leaving_the_first_step_without_a_name_leaves_no_draft(client, ada):
    assert go(client, START, name=" ", _later="1").headers["Location"] == "/fr/espaces/"
    assert not SpaceDraft.objects.exists()
    assert go(client, START, name="Fleurs", _later="1").headers["Location"] == "/fr/espaces/"
    assert SpaceDraft.objects.get().name == "Fleurs"


def test_every_step_that_is_done_leads_back_without_loss(client, ada):
    draft = a_draft(ada, "Fleurs")
    steps = f"/fr/espaces/pro/creer/{draft.pk}"
    page = words(client.get(f"{steps}/utilisateur/"))
    assert f'href="{steps}/nom/"' in page
    assert f'href="{steps}/entreprise/saisie/"' in page
    assert go(client, f"{steps}/nom/", name="Roses").headers["Location"].endswith("/saisie/")
    assert "Boulangerie Muller" in words(client.get(f"{steps}/utilisateur/"))


def test_steps_that_were_skipped_are_asked_first(client, ada):
    draft = a_draft(ada, company=False)
    steps = f"/fr/espaces/pro/creer/{draft.pk}"
    assert client.get(f"{steps}/utilisateur/").headers["Location"] == f"{steps}/entreprise/"
    assert client.get(f"{steps}/entreprise/registre/").headers["Location"] == f"{steps}/entreprise/"
    assert client.get(f"{steps}/termine/").headers["Location"] == f"{steps}/utilisateur/"
    with pytest.raises(Refused, match=r"first|d’abord"):
        actions.open_professional(
            ada,
            credential=a_credential(ada),
            draft=draft,
            revision=1,
            notification_email="ada@example.lu",
        )


def test_switching_language_keeps_what_was_typed(client, ada):
    company = go(client, START, name="Fleurs").headers["Location"]
    german = f"{company}saisie/".replace("/fr/", "/de/")
    page = words(client.post(german, {**TYPED, "revision": "1", "_language": "de"}))
    assert 'value="Fleurs Hoffmann"' in page
    assert "Geben Sie die Angaben zu Ihrem Unternehmen ein" in page
    assert SpaceDraft.objects.get().revision == 1


def test_a_draft_can_be_thrown_away(client, ada):
    draft = a_draft(ada)
    address = f"/fr/espaces/pro/creer/{draft.pk}/supprimer/"
    assert "Supprimer le brouillon" in words(client.get(address))
    assert SpaceDraft.objects.exists()
    assert "Le brouillon est supprimé." in words(client.post(address, follow=True))
    assert not SpaceDraft.objects.exists()
    assert client.post(address).status_code == 404
    actions.discard_draft(ada, draft=draft)
    assert Entry.objects.filter(event="space.draft-discarded").count() == 1


def test_drafts_and_what_they_hold_are_deleted_after_90_days(ada):
    a_draft(ada, "Old")
    finished = a_professional_space(ada)
    with travel(days=89):
        a_draft(ada, "Young")
        assert actions.forget_drafts() == 0
    with travel(days=91):
        forget_drafts.func()
        assert [draft.name for draft in SpaceDraft.objects.all()] == ["Young"]
        assert actions.forget_drafts() == 0
    assert Space.objects.get() == finished
    assert Entry.objects.get(event="space.drafts-forgotten").data == {"count": 2}


# --- Twice, and at once


def test_the_second_of_two_tabs_is_told(client, ada):
    draft = a_draft(ada, "Fleurs")
    address = f"/fr/espaces/pro/creer/{draft.pk}/nom/"
    old = str(draft.revision)
    client.post(address, {"name": "Roses", "revision": old})
    page = words(client.post(address, {"name": "Tulipes", "revision": old}))
    assert "Ce brouillon a changé dans un autre onglet." in page
    assert "Afficher la dernière version" in page
    assert 'value="Tulipes"' in page
    assert SpaceDraft.objects.get().name == "Roses"
    page = words(client.post(address, {"name": "Tulipes", "revision": old, "_later": "1"}))
    assert "Ce brouillon a changé dans un autre onglet." in page


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30])
def test_a_page_that_lost_its_revision_is_told_too(client, ada, revision):
    draft = a_draft(ada)
    address = f"/fr/espaces/pro/creer/{draft.pk}/nom/"
    for leave in ({}, {"_back": "1"}):
        response = client.post(address, {"name": "Roses", "revision": revision, **leave})
        assert response.status_code == 200
        assert "Afficher la dernière version" in words(response)
    assert SpaceDraft.objects.get().name == "Espace pro"


def test_a_double_click_is_no_conflict(client, ada):
    page = words(client.get(START))
    data = {"name": "Fleurs", "once": hidden(page, "once")}
    first, second = (client.post(START, data).headers["Location"] for _click in range(2))
    assert first == second
    typed = {**TYPED, "revision": "1"}
    answers = [client.post(f"{first}saisie/", typed).status_code for _click in range(2)]
    assert answers == [302, 302]
    draft = SpaceDraft.objects.get()
    assert draft.revision == 2
    user = f"/fr/espaces/pro/creer/{draft.pk}/utilisateur/"
    data = {"notification_email": "ada@example.lu", "revision": "2"}
    ends = [client.post(user, data).headers["Location"] for _click in range(3)]
    assert set(ends) == {f"/fr/espaces/pro/creer/{draft.pk}/termine/"}
    assert (
        Space.objects.count() == Membership.objects.count() == GivenIdentifier.objects.count() == 1
    )


def test_the_back_button_renames_the_draft_that_is_there(client, ada):
    data = {"once": str(uuid4())}
    first = client.post(START, {**data, "name": "Fleurs"}).headers["Location"]
    second = client.post(START, {**data, "name": "Roses"}).headers["Location"]
    assert first == second
    assert SpaceDraft.objects.get().name == "Roses"


def test_the_back_button_finds_the_space_that_is_there(client, ada):
    space = a_professional_space(ada)
    draft = SpaceDraft.objects.get()
    steps = f"/fr/espaces/pro/creer/{draft.pk}"
    for step in ("nom", "entreprise", "entreprise/saisie", "entreprise/registre", "supprimer"):
        for answer in (client.get(f"{steps}/{step}/"), client.post(f"{steps}/{step}/", {})):
            assert answer.headers["Location"] == f"{steps}/termine/"
    assert actions.start_professional(ada, once=draft.key, name="Other").space == space
    with pytest.raises(Refused, match=r"onglet|another tab"):
        actions.save_name(ada, draft=draft, revision=draft.revision, name="Other")


def test_the_last_step_is_not_taken_on_an_old_page(client, ada):
    draft = a_draft(ada)
    user = f"/fr/espaces/pro/creer/{draft.pk}/utilisateur/"
    old = {"revision": "1", "notification_email": "ada@example.lu"}
    assert "Ce brouillon a changé dans un autre onglet." in words(client.post(user, old))
    assert not Space.objects.exists()


def test_the_end_of_a_draft_whose_space_is_gone_leads_to_the_hub(client, ada):
    a_professional_space(ada).delete()
    draft = SpaceDraft.objects.get()
    response = client.get(f"/fr/espaces/pro/creer/{draft.pk}/termine/")
    assert response.headers["Location"] == "/fr/espaces/"


def test_a_draft_of_another_version_of_the_portal_is_still_read(client, ada):
    draft = a_draft(ada)
    old = {"name": "Fleurs", "a field that went": "x"}
    SpaceDraft.objects.update(company_sealed=SpaceDraft.sealed(old))
    user = f"/fr/espaces/pro/creer/{draft.pk}/utilisateur/"
    assert "Fleurs" in words(client.get(user))
    assert "Choisissez la forme juridique." in words(
        go(client, user, notification_email="ada@example.lu")
    )


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_finishes_the_draft_and_all_get_the_same_space():
    ada = a_person("Ada Muller")
    draft, token = a_draft(ada), a_credential(ada)

    def click(_number: int) -> str:
        return _opened(ada, draft, token)

    assert len(set(_at_once(click, 6))) == 1
    assert Space.objects.count() == Membership.objects.count() == Company.objects.count() == 1
    assert GivenIdentifier.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_saves_each_revision():
    ada = a_person("Ada Muller")
    draft = a_draft(ada)

    def save(number: int) -> str:
        try:
            actions.save_name(ada, draft=draft, revision=2, name=f"Name {number}")
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()
        return "saved"

    assert sorted(_at_once(save, 5)) == ["draft-changed"] * 4 + ["saved"]


# --- The limit for each product


@pytest.mark.django_db
def test_the_201st_space_with_one_product_is_refused_and_the_limit_can_be_raised(settings):
    settings.PROFESSIONAL_SPACES_PER_CREDENTIAL = 2
    ada = a_person("Ada Muller")
    token, other = a_credential(ada), a_credential(ada)
    for number in range(2):
        a_professional_space(ada, f"Number {number}", credential=token)
    with pytest.raises(Refused) as refusal:
        a_professional_space(ada, "One more", credential=token)
    assert (refusal.value.code, refusal.value.data) == ("space-limit", {"limit": 2})
    assert settings.SUPPORT_PHONE in refusal.value.message

    a_professional_space(ada, "With another product", credential=other)
    token.space_limit = 3
    token.save()
    a_professional_space(ada, "One more", credential=token)
    assert Space.objects.count() == 4


@pytest.mark.django_db
def test_the_limit_is_200():
    from django.conf import settings

    assert settings.PROFESSIONAL_SPACES_PER_CREDENTIAL == 200


def test_the_page_says_that_the_limit_is_reached(client, ada, settings):
    settings.PROFESSIONAL_SPACES_PER_CREDENTIAL = 0
    draft = a_draft(ada)
    user = f"/fr/espaces/pro/creer/{draft.pk}/utilisateur/"
    page = words(go(client, user, notification_email="ada@example.lu"))
    assert "c’est le maximum" in page
    assert SpaceDraft.objects.get().finished_at is None


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_than_the_limit_are_opened():
    ada = a_person("Ada Muller")
    token = a_credential(ada, space_limit=2)
    drafts = [a_draft(ada, f"Number {number}") for number in range(6)]

    outcomes = _at_once(lambda number: _opened(ada, drafts[number], token), 6)

    assert outcomes.count("space-limit") == 4
    assert Space.objects.count() == 2
    assert SpaceDraft.objects.open().count() == 4


def _opened(person, draft, credential) -> str:
    try:
        return actions.open_professional(
            person,
            credential=credential,
            draft=draft,
            revision=draft.revision,
            notification_email="ada@example.lu",
        ).identifier
    except Refused as refusal:
        return refusal.code
    finally:
        connection.close()


def _at_once(act: Callable[[int], str], times: int) -> list[str]:
    barrier = Barrier(times)

    def run(number: int) -> str:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


# --- Values


def test_a_company_is_checked_whoever_describes_it():
    with pytest.raises(Refused) as refusal:
        a_company(name=" ")
    assert refusal.value.field == "name"
    with pytest.raises(Refused) as refusal:
        a_company(legal_form="king")
    assert refusal.value.field == "legal_form"
    assert a_company(nace="10").nace == "10"
