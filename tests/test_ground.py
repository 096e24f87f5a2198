"""The ground floor: what everything else stands on."""

import os
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from guichet import clock, ids, sealing
from guichet.config import keys


@given(st.text(max_size=200))
def test_a_sealed_value_opens_again(value):
    assert sealing.unseal(sealing.seal(value, context="test"), context="test") == value


def test_the_same_value_is_never_sealed_the_same_way_twice():
    assert sealing.seal("1983081974925", context="a") != sealing.seal("1983081974925", context="a")


def test_a_value_copied_into_another_column_does_not_open():
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealing.seal("secret", context="a"), context="b")


@given(st.binary(max_size=80))
def test_bytes_that_we_did_not_seal_are_refused(raw):
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(raw, context="test")


def test_a_retired_key_still_opens_and_a_new_one_seals(settings):
    old = settings.SEALING_KEYS[1]
    sealed = sealing.seal("value", context="a")
    settings.SEALING_KEYS = {2: b"n" * 32, 1: old}
    assert sealing.unseal(sealed, context="a") == "value"
    assert sealing.seal("value", context="a")[0] == 2


def test_an_index_finds_equal_values_within_its_context_only():
    assert sealing.index("x", context="a") == sealing.index("x", context="a")
    assert sealing.index("x", context="a") != sealing.index("x", context="b")
    assert sealing.index("x", context="a") != sealing.index("y", context="a")


def test_identifiers_made_later_sort_later():
    made = [ids.new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert {one.version for one in made} == {7}


def test_outside_a_demonstration_the_clock_cannot_be_moved(settings):
    settings.DEMO = False
    with pytest.raises(RuntimeError):
        clock.move(timedelta(hours=1))
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=5)


def test_in_a_demonstration_the_clock_moves_forward_only(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(clock, "_read", (-1.0, timedelta()))
    settings.DEMO, settings.DATA = True, tmp_path
    assert clock.shift() == timedelta()
    clock.move(timedelta(hours=72))
    assert clock.shift() == timedelta(hours=72)
    assert clock.now() - timezone.now() > timedelta(hours=71)
    with pytest.raises(ValueError, match="back"):
        clock.move(timedelta(hours=-1))


def test_a_secret_is_made_once_and_readable_by_nobody_else(tmp_path: Path):
    first = keys.text(tmp_path / "keys" / "secret")
    assert keys.text(tmp_path / "keys" / "secret") == first
    assert len(first) == 64
    assert os.stat(tmp_path / "keys" / "secret").st_mode & 0o777 == 0o600


def test_of_many_first_starts_all_read_the_same_secret(tmp_path: Path):
    path, together = tmp_path / "keys" / "secret", Barrier(8)

    def start(_number: int) -> str:
        together.wait()
        return keys.text(path)

    with ThreadPoolExecutor(8) as starts:
        assert len(set(starts.map(start, range(8)))) == 1
    assert [file.name for file in path.parent.iterdir()] == ["secret"]


@pytest.mark.parametrize("rest", ["", "half a secret"])
def test_a_secret_that_is_not_whole_is_never_used(tmp_path: Path, rest: str):
    (tmp_path / "secret").write_text(rest)
    for read in (keys.text, lambda path: keys.sealing("", path), lambda path: keys.index("", path)):
        with pytest.raises(ImproperlyConfigured, match="backup"):
            read(tmp_path / "secret")


def test_a_receipt_key_and_a_certificate_are_made_once(tmp_path: Path):
    first = keys.receipts("", "", tmp_path / "keys" / "receipts.pem")
    again = keys.receipts("", "", tmp_path / "keys" / "receipts.pem")
    assert again.private.private_numbers() == first.private.private_numbers()
    made = keys.eseal("", "", tmp_path / "keys" / "eseal.p12", name="Guichet")
    assert keys.eseal("", "", tmp_path / "keys" / "eseal.p12", name="Other") == made
    for file in (tmp_path / "keys").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600


def test_an_operator_brings_receipt_keys_and_a_certificate(tmp_path: Path):
    old, new = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    (tmp_path / "new.pem").write_bytes(_pem(new))
    (tmp_path / "old.pem").write_bytes(_public_pem(old) + b"\n" + _public_pem(new))
    found = keys.receipts(str(tmp_path / "new.pem"), str(tmp_path / "old.pem"), Path("/nowhere"))
    assert found.private.private_numbers() == new.private_numbers()
    assert [key.public_numbers() for key in found.earlier] == [
        old.public_key().public_numbers(),
        new.public_key().public_numbers(),
    ]
    content = keys.eseal("", "", tmp_path / "made", name="Us").pkcs12
    own = pkcs12.load_pkcs12(content, None)
    assert own.cert
    assert isinstance(own.key, ec.EllipticCurvePrivateKey)
    locked = pkcs12.serialize_key_and_certificates(
        None, own.key, own.cert.certificate, None, BestAvailableEncryption(b"secret")
    )
    (tmp_path / "own.p12").write_bytes(locked)
    given = keys.eseal(str(tmp_path / "own.p12"), "secret", Path("/nowhere"), name="")
    assert given == (locked, b"secret")
    with pytest.raises(ImproperlyConfigured, match="GUICHET_ESEAL_PASSWORD"):
        keys.eseal(str(tmp_path / "own.p12"), "wrong", Path("/nowhere"), name="")


@pytest.mark.parametrize("kind", ["nothing", "half", "another curve", "RSA", "public"])
def test_a_receipt_key_that_is_none_stops_the_start(tmp_path: Path, kind: str):
    good = ec.generate_private_key(ec.SECP256R1())
    content = {
        "nothing": b"",
        "half": _pem(good)[:90],
        "another curve": _pem(ec.generate_private_key(ec.SECP384R1())),
        "RSA": _pem(rsa.generate_private_key(65537, 2048)),
        "public": _public_pem(good),
    }[kind]
    (tmp_path / "key").write_bytes(content)
    (tmp_path / "good").write_bytes(_pem(good))
    with pytest.raises(ImproperlyConfigured, match="P-256"):
        keys.receipts(str(tmp_path / "key"), "", Path("/nowhere"))
    (tmp_path / "key").write_bytes(content if kind != "public" else content + b"and more")
    with pytest.raises(ImproperlyConfigured, match="GUICHET_RECEIPT_OLD_KEYS"):
        keys.receipts(str(tmp_path / "good"), str(tmp_path / "key"), Path("/nowhere"))
    with pytest.raises(ImproperlyConfigured, match="PKCS#12"):
        keys.eseal(str(tmp_path / "key"), "", Path("/nowhere"), name="")


def test_a_key_file_that_is_not_there_is_named():
    with pytest.raises(ImproperlyConfigured, match="GUICHET_RECEIPT_KEY: /nowhere"):
        keys.receipts("/nowhere", "", Path("/unused"))


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _public_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_given_keys_are_read_in_their_order():
    new, old = b"n" * 32, b"o" * 40
    told = f"2:{b64encode(new).decode()}, 1:{b64encode(old).decode()}"
    assert list(keys.sealing(told, Path("/nowhere")).items()) == [(2, new), (1, old)]
    assert keys.index(b64encode(new).decode(), Path("/nowhere")) == new


@pytest.mark.parametrize(
    "told",
    [
        "c2hvcnQ=",
        "1:c2hvcnQ=",
        f"256:{'A' * 44}",
        f"one:{'A' * 44}",
        f"1:{'?' * 44}",
        f"1:{'A' * 44},1:{'B' * 44}",
    ],
)
def test_a_key_that_is_short_or_mistyped_stops_the_start(told: str):
    with pytest.raises(ImproperlyConfigured, match="GUICHET_"):
        keys.sealing(told, Path("/nowhere"))
    with pytest.raises(ImproperlyConfigured, match="GUICHET_INDEX_KEY"):
        keys.index(told, Path("/nowhere"))
