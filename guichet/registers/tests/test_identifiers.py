"""Numbers are read as people type them, and one wrong digit is found."""

from datetime import date

import pytest
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from guichet.refusals import Refused
from guichet.registers import identifiers
from guichet.registers.identifiers import (
    birth_date,
    business_number,
    business_or_person_number,
    make_business_number,
    make_person_number,
    make_vat_number,
    person_number,
    phone_number,
    postal_code,
    rcs_number,
    vat_number,
)

LEA = "1983081974925"

births = st.dates(min_value=date(1850, 1, 1), max_value=date(2025, 12, 31))
person_numbers = st.builds(make_person_number, births, st.integers(0, 999))
form_codes = st.integers(0, 99).map("{:02d}".format)
business_numbers = st.builds(
    make_business_number, st.integers(1800, 2025), form_codes, st.integers(0, 9999)
).filter(bool)
vat_numbers = st.builds(make_vat_number, st.integers(0, 999_999))
separators = st.text(" .-/\u00a0\u202f\u2013", max_size=2)


def refusal(read, text, **more):
    with pytest.raises(Refused) as caught:
        read(text, **more)
    return caught.value


@st.composite
def one_digit_changed(draw, numbers):
    number = draw(numbers)
    place = draw(st.integers(0, len(number) - 1))
    digit = draw(st.sampled_from("0123456789"))
    assume(digit != number[place])
    return number[:place] + digit + number[place + 1 :]


@st.composite
def neighbours_swapped(draw, numbers):
    number = draw(numbers)
    place = draw(st.integers(0, 9))
    assume(number[place] != number[place + 1])
    return number[:place] + number[place + 1] + number[place] + number[place + 2 :]


@st.composite
def as_somebody_types(draw, numbers):
    return "".join(digit + draw(separators) for digit in draw(numbers))


# --- Thirteen digits


@pytest.mark.parametrize(
    "number",
    [
        LEA,
        "1893120105732",
        "1985031512371",
        "1999010100176",
        "2005123177735",
        "1960022904492",
        "2020022912375",
        "1901010100069",
    ],
)
def test_a_number_of_a_person_is_accepted(number):
    assert person_number(number) == number


@pytest.mark.parametrize(
    "typed",
    ["1983 08 19 749 25", "1983.0819-749.25", " 19830819 74925 ", "１９８３０８１９７４９２５"],
)
def test_spaces_dots_and_dashes_do_not_matter(typed):
    assert person_number(typed) == LEA


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1893120105733", "person-number-check"),  # the Verhoeff digit
        ("1893120105702", "person-number-check"),  # the Luhn digit
        ("2000060500127", "person-number-check"),  # a wrong example that is going round
        ("1983131974925", "person-number-date"),
        ("1983022974925", "person-number-date"),
        ("1983000074925", "person-number-date"),
        ("2983081974925", "person-number-date"),
        ("198308197492", "person-number-length"),
        ("19830819749255", "person-number-length"),
        ("198308197492A", "person-number-digits"),
        ("198308197492²½", "person-number-digits"),
        ("", "person-number-missing"),
        (" - ", "person-number-missing"),
    ],
)
def test_a_mistyped_number_of_a_person_is_refused(number, code):
    no = refusal(person_number, number, field="national_number")
    assert (no.code, no.field) == (code, "national_number")


def test_nobody_is_born_tomorrow(time_machine):
    time_machine.move_to("2020-03-25 12:00")
    assert refusal(person_number, make_person_number(date(2020, 3, 26), 1)).code == (
        "person-number-date"
    )
    assert person_number(make_person_number(date(2020, 3, 25), 1))


def test_the_length_says_how_many_digits_were_found():
    with translation.override("fr"):
        no = refusal(person_number, "1983 0819 7492")
    assert no.message == "Le numéro d’identification a 13 chiffres. Vous en avez indiqué 12."
    with translation.override("de"):
        no = refusal(person_number, "1983 0819 7492")
    assert no.message == "Die Identifikationsnummer hat 13 Ziffern. Sie haben 12 eingegeben."


def test_a_wrong_digit_says_where_to_look():
    with translation.override("fr"):
        no = refusal(person_number, "1893120105733")
    assert no.message == (
        "Un chiffre du numéro d’identification est faux. Vérifiez votre carte de sécurité sociale."
    )


@given(one_digit_changed(person_numbers))
def test_any_single_digit_changed_is_found(number):
    refusal(person_number, number)


@given(neighbours_swapped(person_numbers))
def test_any_two_neighbours_swapped_are_found(number):
    refusal(person_number, number)


@given(births, st.integers(0, 999))
def test_a_made_number_is_read_and_holds_the_day(born, serial):
    number = make_person_number(born, serial)
    assert person_number(number) == number
    assert birth_date(number) == born


@given(as_somebody_types(person_numbers))
def test_a_number_is_read_however_it_is_grouped(typed):
    assert person_number(typed) == identifiers.compact(typed)


def test_a_serial_has_three_digits():
    with pytest.raises(ValueError, match="three digits"):
        make_person_number(date(1983, 8, 19), 1000)


# --- Eleven digits


@pytest.mark.parametrize(
    "number",
    [
        "20212400026",
        "20212400034",
        "20152200014",
        "20196100033",
        "20246100129",
        "19912204696",
        "20212400050",
    ],
)
def test_a_number_of_a_business_is_accepted(number):
    assert business_number(f"{number[:4]} {number[4:8]} {number[8:]}") == number


@pytest.mark.parametrize("last", "0123456789")
def test_a_number_with_remainder_one_does_not_exist(last):
    assert refusal(business_number, "2021240014" + last).code == "business-number-check"
    assert refusal(business_number, "2021240014" + last, strict=False)
    assert make_business_number(2021, "24", 14) is None


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("20212400027", "business-number-check"),
        ("2021240002", "business-number-length"),
        ("202124000260", "business-number-length"),
        ("2021240002X", "business-number-digits"),
        ("", "business-number-missing"),
        (make_business_number(1799, "24", 2), "business-number-year"),
        (make_business_number(3021, "24", 2), "business-number-year"),
    ],
)
def test_a_mistyped_number_of_a_business_is_refused(number, code):
    assert refusal(business_number, number).code == code


def test_the_second_and_third_digit_of_old_numbers_need_the_lenient_mode():
    first = "2021240002"  # remainder 5: the digits 6, 7 and 8
    assert business_number(first + "6") == first + "6"
    for digit in "78":
        assert refusal(business_number, first + digit)
        assert business_number(first + digit, strict=False) == first + digit
    for digit in "0123459":
        assert refusal(business_number, first + digit, strict=False)


@given(one_digit_changed(business_numbers))
def test_any_single_digit_of_a_business_changed_is_found(number):
    refusal(business_number, number)


@given(as_somebody_types(business_numbers))
def test_a_made_number_of_a_business_is_read(typed):
    assert business_number(typed) == business_number(typed, strict=False)


def test_a_form_code_has_two_digits():
    with pytest.raises(ValueError, match="two digits"):
        make_business_number(2021, "241", 2)


@pytest.mark.parametrize("number", [LEA, "20212400026", "20212400027"])
def test_a_self_employed_person_gives_their_own_number(number):
    assert business_or_person_number(number) == number


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("202124000261", "national-number-length"),
        ("", "national-number-length"),
        ("Muller", "business-number-digits"),
        ("1983081974926", "person-number-check"),
    ],
)
def test_other_lengths_are_refused(number, code):
    assert refusal(business_or_person_number, number).code == code


# --- RCS and VAT


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("B123456", "B123456"),
        ("b 169 621", "B169621"),
        ("RCS Luxembourg B 169621", "B169621"),
        ("R.C.S. F 42", "F42"),
        ("A1", "A1"),
    ],
)
def test_an_rcs_number_is_read(typed, clean):
    assert rcs_number(typed) == clean


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "rcs-missing"),
        ("169621", "rcs-letter"),
        ("É169621", "rcs-letter"),
        ("B", "rcs-digits"),
        ("B1234567", "rcs-digits"),
        ("BB1234", "rcs-digits"),
    ],
)
def test_a_mistyped_rcs_number_is_refused(typed, code):
    assert refusal(rcs_number, typed).code == code


@pytest.mark.parametrize(
    "typed", ["LU15027442", "lu 150 274 42", "15027442", "LU-150.274.42", "TVA : LU 15027442"]
)
def test_a_vat_number_is_read(typed):
    assert vat_number(typed) == "LU15027442"


@pytest.mark.parametrize("number", ["LU20260743", "LU26375245"])
def test_other_vat_numbers_are_read(number):
    assert vat_number(number) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "vat-missing"),
        ("LU", "vat-missing"),
        ("LU12345678", "vat-check"),
        ("LU1502744", "vat-length"),
        ("FR15027442", "vat-check"),
        ("LU12345678-EX", "vat-check"),
    ],
)
def test_a_mistyped_vat_number_is_refused(typed, code):
    assert refusal(vat_number, typed).code == code


@given(vat_numbers)
def test_a_made_vat_number_is_read(number):
    assert vat_number(number) == number


# --- Post and telephone


@pytest.mark.parametrize("typed", ["L-1234", "l1234", "1234", " L 1234", "L - 1234", "LU-1234"])
def test_a_postal_code_is_read(typed):
    assert postal_code(typed) == "L-1234"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "postal-code-missing"),
        ("L-12345", "postal-code-length"),
        ("12A4", "postal-code-length"),
        ("L-0123", "postal-code-unknown"),
        ("L-0000", "postal-code-unknown"),
    ],
)
def test_a_mistyped_postal_code_is_refused(typed, code):
    assert refusal(postal_code, typed).code == code


@pytest.mark.demo
def test_a_demonstration_knows_the_place_of_the_guide():
    assert postal_code("L-0000") == "L-0000"


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("26 12 34 56", "+35226123456"),
        ("621 123 456", "+352621123456"),
        ("+352 621 123 456", "+352621123456"),
        ("00352 (0)621-123-456", "+352621123456"),
        ("0049 6501 1234", "+4965011234"),
    ],
)
def test_a_phone_number_is_read(typed, clean):
    assert phone_number(typed) == clean


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "phone-missing"),
        ("12", "phone-length"),
        ("call me", "phone-length"),
        ("+0352", "phone-length"),
    ],
)
def test_a_mistyped_phone_number_is_refused(typed, code):
    assert refusal(phone_number, typed).code == code


READERS = [
    person_number,
    business_number,
    business_or_person_number,
    rcs_number,
    vat_number,
    postal_code,
    phone_number,
]


@given(st.sampled_from(READERS), st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused(read, typed):
    """And what was read is read again as itself."""
    try:
        clean = read(typed)
    except Refused:
        return
    assert read(clean) == clean
    assert clean.isascii()
