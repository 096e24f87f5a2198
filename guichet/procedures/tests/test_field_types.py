"""The document of the types says what the types are."""

from tools import field_types


def test_the_table_of_types_is_the_one_of_the_code():
    assert field_types.DOCUMENT.read_text(encoding="utf-8") == field_types.page(), (
        "write it anew: python -m tools.field_types"
    )
