"""A form on a page: what stands where, what a screen reader hears, what comes back."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.utils import translation

from guichet.design.forms import (
    CodeField,
    DateField,
    Form,
    OnceForm,
)
from guichet.design.tests.pages import Page
from guichet.refusals import Refused


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


class Registration(Form):
    marks_required = True

    email = forms.EmailField(label="Votre adresse e-mail")
    number = forms.CharField(label="Votre numéro", help_text="13 chiffres", max_length=13)
    nickname = forms.CharField(label="Surnom", required=False)
    birth = DateField(label="Date de naissance", required=False)
    kind = forms.ChoiceField(
        label="Pour qui ?", widget=forms.RadioSelect, choices=[("me", "Moi"), ("us", "Nous")]
    )
    password = forms.CharField(label="Mot de passe", widget=forms.PasswordInput)
    terms = forms.BooleanField(label="Accepter les CGU")


WRONG = {"email": "lea@", "birth_0": "31", "birth_1": "2", "birth_2": "1983", "password": "secret"}
RIGHT = {
    "email": "lea.guichet@guichet.lu",
    "number": "1983081974925",
    "birth_0": "19",
    "birth_1": "8",
    "birth_2": "1983",
    "kind": "me",
    "password": "secret",
    "terms": "on",
}


def drawn(form: forms.Form) -> Page:
    return Page(f"<form>{form}</form>")


def test_a_field_says_label_hint_error_input_in_this_order():
    page = drawn(Registration({"number": ""}))
    field = next(f for f in page.all(".field") if f.find(".//input[@name='number']") is not None)
    kinds = [child.get("class") or child.tag for child in field]
    assert kinds == ["label", "hint", "error", "input"]


def test_an_input_is_described_by_its_hint_and_its_error():
    page = drawn(Registration(WRONG))
    number = page.one("[name=number]")
    assert number.get("aria-describedby") == "id_number_helptext id_number_error"
    assert number.get("aria-invalid") == "true"
    assert number.get("aria-required") == "true"
    assert {"id_number_helptext", "id_number_error"} <= set(page.ids())


def test_a_group_of_inputs_has_a_legend_and_describes_itself():
    page = drawn(Registration(WRONG))
    assert "Pour qui ? *" in page.words("fieldset > legend")
    assert page.one("fieldset[aria-describedby='id_kind_error']") is not None
    assert page.words(".date-parts label") == ["Day", "Month", "Year"]


def test_ids_are_unique_and_labels_lead_to_inputs():
    page = drawn(Registration(WRONG))
    ids = list(page.ids())
    assert len(ids) == len(set(ids))
    assert {label.get("for") for label in page.all("label[for]")} <= set(ids)


def test_browsers_do_not_check_instead_of_us():
    assert drawn(Registration()).all("[required]") == []


def test_the_summary_says_how_many_errors_and_leads_to_each():
    page = drawn(Registration(WRONG))
    summary = page.one("#problems")
    assert (summary.get("role"), summary.get("tabindex")) == ("alert", "-1")
    assert page.words("#problems h2") == ["There are 5 errors"]
    targets = [link.get("href").removeprefix("#") for link in page.all("#problems a")]
    assert targets == ["id_email", "id_number", "id_birth_0", "id_kind_0", "id_terms"]
    assert set(targets) <= set(page.ids())


def test_the_summary_and_the_field_use_the_same_words():
    page = drawn(Registration(WRONG))
    at_fields = [text.removeprefix("Error: ") for text in page.words(".error p")]
    assert page.words("#problems li") == at_fields


def test_a_form_without_errors_has_no_summary():
    assert drawn(Registration()).all("#problems") == []


def test_an_error_of_the_whole_form_stands_in_the_summary():
    form = Registration(RIGHT)
    form.add_error(None, "Le registre ne répond pas.")
    page = drawn(form)
    assert page.words("#problems li") == ["Le registre ne répond pas."]
    assert page.all("#problems a") == []


def test_required_fields_get_a_star_that_is_explained_once():
    page = drawn(Registration())
    assert page.words(".form-note") == ["* : required fields."]
    assert page.words("label[for=id_email]") == ["Votre adresse e-mail *"]
    assert page.words("label[for=id_nickname]") == ["Surnom"]
    assert page.one("label[for=id_email] .star").get("aria-hidden") == "true"


def test_without_stars_the_optional_fields_say_so():
    class Plain(Form):
        name = forms.CharField(label="Nom")
        nickname = forms.CharField(label="Surnom", required=False)

    page = drawn(Plain())
    assert page.words("label") == ["Nom", "Surnom (optional)"]
    assert page.all(".form-note") == []


def test_groups_of_fields_have_a_legend_and_the_others_come_first():
    class Grouped(Form):
        groups = (("Entreprise", ("company",)),)
        company = forms.CharField(label="Nom de l’entreprise")
        space = forms.CharField(label="Nom de l’espace")

    page = drawn(Grouped())
    assert page.words("label") == ["Nom de l’espace", "Nom de l’entreprise"]
    assert page.words(".group label") == ["Nom de l’entreprise"]
    assert page.words(".group > legend") == ["Entreprise"]


def test_a_locked_text_can_be_read_and_copied_but_not_changed():
    class Names(Form):
        name = forms.CharField(label="Nom", disabled=True, initial="GUICHET")

    form = Names({"name": "WEBER"})
    assert form.is_valid()
    assert form.cleaned_data == {"name": "GUICHET"}
    box = drawn(form).one("[name=name]")
    assert (box.get("readonly"), box.get("disabled")) == ("", None)
    assert box.get("value") == "GUICHET"


def test_a_password_can_be_shown_but_never_comes_back():
    page = drawn(Registration(WRONG))
    button = page.one("[data-reveal=id_password]")
    assert button.get("hidden") is not None  # a script uncovers it
    assert button.get("aria-label").startswith("Show")
    assert page.one("[name=password]").get("value") is None


def test_one_box_to_tick_has_its_label_beside_it():
    page = drawn(Registration())
    assert [child.tag for child in page.one(".tick")] == ["input", "label"]


# --- Another language


def test_another_language_shows_what_was_typed_and_checks_nothing():
    acted: list[Any] = []
    form = Registration({**WRONG, "_language": "de"})
    assert form.submit(lambda **typed: acted.append(typed)) is None
    assert not form.is_valid()
    assert form.errors == {}
    page = drawn(form)
    assert acted == []
    assert page.all("#problems") == []
    assert page.all("[aria-invalid]") == []
    assert page.one("[name=email]").get("value") == "lea@"
    assert page.one("[name=birth_0]").get("value") == "31"
    assert page.one("[name=password]").get("value") is None


def test_a_right_form_in_another_language_does_not_act_either():
    acted: list[Any] = []
    form = Registration({**RIGHT, "_language": "en"})
    assert form.submit(lambda **typed: acted.append(typed)) is None
    assert acted == []
    assert drawn(form).one("#id_kind_0").get("checked") is not None


# --- Handing on


def test_a_right_form_hands_everything_to_the_action():
    form = Registration(RIGHT)
    assert form.submit(lambda who, **typed: (who, typed), "Léa") == (
        "Léa",
        {
            "email": "lea.guichet@guichet.lu",
            "number": "1983081974925",
            "nickname": "",
            "birth": date(1983, 8, 19),
            "kind": "me",
            "password": "secret",
            "terms": True,
        },
    )


@pytest.mark.parametrize(("field", "focus"), [("number", "id_number"), (None, None), ("x", None)])
def test_a_refusal_lands_beside_its_field(field, focus):
    def refuse(**typed):
        raise Refused("Un chiffre est faux.", code="number", field=field)

    form = Registration(RIGHT)
    assert form.submit(refuse) is None
    assert form.problems() == [("Un chiffre est faux.", focus)]


def test_a_form_that_creates_carries_one_key_until_it_succeeds():
    class Create(OnceForm):
        name = forms.CharField(label="Nom")

    page = drawn(Create())
    key = page.one("[name=once]").get("value")
    again = Create({"once": key, "name": ""})
    assert drawn(again).one("[name=once]").get("value") == key
    done = Create({"once": key, "name": "Espace"}).submit(lambda once, name: str(once))
    assert done == key
    assert drawn(Create()).one("[name=once]").get("value") != key


def test_a_form_that_lost_its_key_gets_another():
    class Create(OnceForm):
        pass

    assert Create({"once": ""}).submit(lambda once: once) is not None


def test_a_broken_key_is_said_without_a_link():
    class Create(OnceForm):
        pass

    assert [problem.focus_id for problem in Create({"once": "x"}).problems()] == [None]


# --- Fields


@pytest.mark.parametrize("typed", ["482913", " 482 913 ", "482-913", "482.913"])
def test_a_code_may_be_typed_as_it_is_read(typed):
    assert CodeField().clean(typed) == "482913"


@pytest.mark.parametrize("typed", ["48291", "4829133", "48291a", "٤٨٢٩١٣"])
def test_a_code_of_another_shape_is_said_so(typed):
    with pytest.raises(forms.ValidationError) as refusal:
        CodeField().clean(typed)
    assert refusal.value.messages == ["The code has 6 digits. Type them as you see them."]


def test_a_code_may_be_left_out_where_it_is_optional():
    assert CodeField(required=False).clean("") == ""


def test_a_phone_offers_digits_and_the_code_itself():
    class WithCode(Form):
        code = CodeField(label="OTP")

    box = drawn(WithCode()).one("[name=code]")
    assert box.get("autocomplete") == "one-time-code"
    assert box.get("inputmode") == "numeric"


def test_a_refused_code_is_not_offered_again_but_another_language_keeps_it():
    class WithCode(Form):
        code = CodeField(label="OTP")

    assert drawn(WithCode({"code": "12345"})).one("[name=code]").get("value") is None
    kept = drawn(WithCode({"code": "12345", "_language": "de"}))
    assert kept.one("[name=code]").get("value") == "12345"


@pytest.mark.parametrize(
    ("language", "month"),
    [("fr", "3"), ("fr", "03"), ("fr", "mars"), ("de", "März"), ("de", "MÄRZ"), ("en", "Mar")],
)
def test_a_month_may_be_a_number_or_a_name(language, month):
    with translation.override(language):
        assert DateField().clean(["27", month, "1983"]) == date(1983, 3, 27)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (["", "3", "1983"], "date-incomplete"),
        (["27", "", "1983"], "date-incomplete"),
        (["27", "3", ""], "date-incomplete"),
        (["31", "2", "1983"], "date-unknown"),
        (["0", "2", "1983"], "date-unknown"),
        (["x", "2", "1983"], "date-unknown"),
        (["1", "13", "1983"], "date-month"),
        (["1", "Brumaire", "1983"], "date-month"),
        (["1", "1", "83"], "date-year"),
        (["1", "1", "MCM"], "date-year"),
        (["", "", ""], "required"),
    ],
)
def test_a_date_that_cannot_be_is_said_so(typed, code):
    with pytest.raises(forms.ValidationError) as refusal:
        DateField().clean(typed)
    assert refusal.value.error_list[0].code == code


def test_a_date_is_shown_in_its_three_parts():
    class Born(Form):
        on = DateField(label="Né le", autocomplete="bday", initial=date(1983, 8, 19))

    page = drawn(Born())
    assert [box.get("value") for box in page.all("input")] == ["19", "8", "1983"]
    assert page.one("#id_on_2").get("autocomplete") == "bday-year"


def test_messages_name_the_field_as_its_label_does():
    with translation.override("fr"):
        form = Registration({**RIGHT, "number": "1" * 14, "kind": "them", "terms": ""})
        said = [problem.message for problem in form.problems()]
    assert said == [
        "Utilisez 13 caractères au maximum. Vous en avez tapé 14.",
        "Choisissez une des réponses de la liste.",
        "Cochez «\u00a0Accepter les CGU\u00a0» pour continuer.",
    ]


def test_messages_follow_the_language_of_the_page():
    """The same form class, asked in two languages by the same process."""
    for language, said in (("de", "Füllen Sie das Feld „Nom“ aus."), ("en", "Fill in “Nom”.")):

        class Plain(Form):
            name = forms.CharField(label="Nom")

        with translation.override(language):
            assert Plain({"name": ""}).problems()[0].message == said


def test_a_form_keeps_the_sentences_of_its_own():
    class Own(Form):
        name = forms.CharField(label="Nom", error_messages={"required": "Indiquez le nom."})

    assert Own({"name": ""}).problems()[0].message == "Indiquez le nom."
