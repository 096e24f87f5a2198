"""A list to choose from, drawn without a template for each line."""

from django import forms

from guichet.design.forms import Form


class Where(Form):
    country = forms.ChoiceField(
        choices=[("", "Choose"), ("LU", "Luxembourg <L>"), ("Far", [("NZ", "New Zealand")])],
        required=False,
    )


def test_the_chosen_line_is_marked_and_every_text_escaped():
    html = str(Where({"country": "LU"})["country"])
    assert '<option value="">Choose</option>' in html
    assert '<option value="LU" selected>Luxembourg &lt;L&gt;</option>' in html
    assert html.count("selected") == 1


def test_lines_can_stand_in_groups():
    html = str(Where()["country"])
    assert '<optgroup label="Far"><option value="NZ">New Zealand</option>\n</optgroup>' in html


def test_the_field_keeps_its_name_and_attributes():
    html = str(Where({"country": "XX"})["country"])
    assert html.startswith('<select name="country"')
    assert 'aria-invalid="true"' in html
