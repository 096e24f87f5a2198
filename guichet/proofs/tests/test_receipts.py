"""A receipt is signed, kept as it is, and says nothing of anybody."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.checks import run_checks
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from guichet import clock
from guichet.proofs import actions, canonical, codes, eseals, policy, signing
from guichet.proofs.actions import Verdict
from guichet.proofs.models import Receipt
from guichet.proofs.tests.given import SALT, a_receipt, a_statement
from tests.racing import together

JSON = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.mark.django_db
def test_a_receipt_says_what_was_stated_and_by_whom(settings):
    receipt = a_receipt()
    said = receipt.says
    assert {name: said[name] for name in a_statement()} == a_statement()
    assert (said["v"], said["portal"]) == (1, settings.SITE_URL)
    assert said["code"] == receipt.grouped_code
    assert said["made_at"] == f"{receipt.made_at:%Y-%m-%dT%H:%M:%SZ}"
    assert receipt.address == f"{settings.SITE_URL}/verifier/{receipt.grouped_code}"
    assert receipt.statement.encode() == canonical.written(said)
    assert actions.stands(receipt)


@pytest.mark.django_db
def test_what_could_be_guessed_is_told_by_the_salt_only():
    receipt = a_receipt()
    answers = b'{"iban":"LU28 0019 4006 4475 0000"}'
    expected = hmac.new(bytes.fromhex(SALT), answers, hashlib.sha256).hexdigest()
    assert receipt.says["answers"] == expected
    assert SALT not in receipt.statement
    assert "facture" not in receipt.statement
    assert SALT in actions.receipt_file(receipt, salt=SALT).decode()
    with pytest.raises(ValueError, match="another salt"):
        actions.receipt_file(receipt, salt="0" * 32)
    assert actions.new_salt() != actions.new_salt()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "1"},
        {"v": 2},
        {"salt_sha256": "0" * 64},
        {"title": 1},
        {"sent_at": "yesterday"},
        {"sent_at": "2026-13-25T14:02:07Z"},
        {"answers": "yes"},
        {"space": 1},
        {"sent_at": "2026-11-25T14:02:07Z\n"},
        {"files": [{"sha256": "0" * 63, "size": 1}]},
        {"files": [{"sha256": "0" * 64, "size": -1}]},
        {"files": [{"sha256": "0" * 64, "size": True}]},
        {"files": [{}]},
        {"files": ["0" * 64]},
        {"files": {"sha256": "0" * 64, "size": 1}},
        {"amount": 1.5},
        {"nothing": None},
        {"title": "\ud800"},
        {"title": "x" * 600_000},
        {"é": 1},
    ],
)
def test_a_statement_that_is_not_made_so_is_not_signed(wrong):
    with pytest.raises(ValueError, match=r"."):
        actions.vouch({**a_statement(), **wrong})
    assert not Receipt.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE proofs_receipt SET key = key", "DELETE FROM proofs_receipt"]
)
def test_the_database_refuses_to_change_a_receipt(statement):
    receipt = a_receipt()
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        receipt.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        receipt.delete()
    assert policy.receipt(receipt.code) == receipt


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"code": "9TC9EEDJPXVV2K7U"}, {"code": "9TC9"}, {"signature": "F" * 128}]
)
def test_the_database_knows_the_form_of_a_receipt(wrong):
    good = {"code": codes.new_code(), "statement": "{}", "signature": "0" * 128, "key": "0" * 16}
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.create(**{**good, **wrong})


@pytest.mark.django_db(transaction=True)
def test_receipts_made_at_the_same_instant_have_codes_of_their_own():
    made = together(*[a_receipt] * 6)
    assert len({receipt.code for receipt in made}) == 6
    assert all(actions.stands(receipt) for receipt in made)


@pytest.mark.django_db
def test_an_act_that_is_undone_leaves_no_receipt():
    with transaction.atomic():
        a_receipt()
        transaction.set_rollback(True)
    assert not Receipt.objects.exists()


@pytest.mark.django_db
def test_an_earlier_key_goes_on_verifying_and_a_dropped_one_does_not(settings):
    receipt = a_receipt()
    content, old = actions.receipt_file(receipt), settings.RECEIPT_KEYS.private
    new = ec.generate_private_key(ec.SECP256R1())
    settings.RECEIPT_KEYS = SimpleNamespace(private=new, earlier=(old.public_key(),))
    assert actions.verify(content) == Verdict.GENUINE
    assert actions.stands(receipt)
    assert a_receipt().key != receipt.key
    settings.RECEIPT_KEYS = SimpleNamespace(private=new, earlier=())
    assert actions.verify(content) == Verdict.UNKNOWN_KEY
    assert not actions.stands(receipt)
    with pytest.raises(ValueError, match="no longer ours"):
        actions.receipt_file(receipt)


@pytest.mark.django_db
def test_a_code_is_found_however_it_is_typed():
    receipt = a_receipt()
    typed = receipt.code.replace("1", "l").replace("0", "o").lower()
    for code in (typed, f"  {typed[:5]} {typed[5:]} ", receipt.grouped_code, receipt.address):
        assert policy.receipt(code) == receipt
    for code in ("", "U" * 16, receipt.code[:-1], "é" * 16, "１" * 16):
        assert policy.receipt(code) is None


def test_codes_are_random_over_their_whole_alphabet():
    made = [codes.new_code() for _ in range(300)]
    assert len(set(made)) == 300
    assert set("".join(made)) == set(codes.ALPHABET)


@given(JSON)
def test_what_is_written_is_read_again_and_written_alike(value):
    content = canonical.written(value)
    assert canonical.read(content) == value
    assert canonical.written(json.loads(content)) == content


def test_canonical_json_is_the_one_of_rfc_8785():
    """From its section 3.2.3 and appendix B, without numbers with a point."""
    value = {"b": '€$\x0f\nA\'B"\\\\"/', "a": [True, False, 56], "": {}}
    assert canonical.written(value) == (
        '{"":{},"a":[true,false,56],"b":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()
    )


def test_public_keys_are_a_key_set():
    [key] = signing.jwks()["keys"]
    x, y = (urlsafe_b64decode(key[part] + "=").hex() for part in "xy")
    assert (x, y) == signing.point(signing.public_keys()[key["kid"]])
    assert signing.pem().count("BEGIN PUBLIC KEY") == 1


def _told() -> list[str | None]:
    return [told.id for told in run_checks(include_deployment_checks=True)]


def test_a_certificate_of_our_own_is_told_before_people_rely_on_it(settings):
    settings.DEMO, settings.ESEAL_IS_OURS = False, True
    assert "guichet.W001" in _told()
    settings.ESEAL_IS_OURS = False
    assert "guichet.W001" not in _told()


def test_a_certificate_that_is_about_to_end_is_told(settings, monkeypatch):
    assert "guichet.W002" not in _told()
    soon = eseals.certificate().not_valid_after_utc - timedelta(days=59)
    monkeypatch.setattr(clock, "now", lambda: soon)
    assert "guichet.W002" in _told()


def test_a_time_that_nobody_confirms_is_told(settings):
    assert "guichet.W004" in _told()
    settings.TIMESTAMP_AUTHORITY = "https://tsa.example/"
    assert "guichet.W004" not in _told()
