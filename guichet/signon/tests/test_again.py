"""Asking the product once more: one code, one act, in one session."""

import pytest

from guichet.refusals import Refused
from guichet.signon import again, sessions
from guichet.signon.models import Credential, Proof, Session
from tests.cast import a_credential, a_person, a_session, a_token, code_of, travel
from tests.racing import together

pytestmark = pytest.mark.django_db
ACT = "sign this"


@pytest.fixture
def session() -> Session:
    return a_session(a_token(a_person("Ada Muller")))


def wrong(session: Session) -> str:
    """A code that this Token shows at no time near."""
    right = int(code_of(session.credential))
    return f"{(right + 500_000) % 1_000_000:06d}"


def refusal(session: Session, code: str, act: str = ACT) -> Refused:
    with pytest.raises(Refused) as caught:
        again.prove(session, code=code, act=act)
    return caught.value


def test_the_right_code_proves_one_act(session: Session) -> None:
    proof = again.prove(session, code=code_of(session.credential), act=ACT)
    assert proof.session_id == session.pk


def test_a_code_is_used_once(session: Session) -> None:
    code = code_of(session.credential)
    again.prove(session, code=code, act=ACT)
    said = refusal(session, code, "sign another thing")
    assert (said.code, said.field) == ("not-correct", "code")


def test_the_same_act_needs_one_code_for_five_minutes(session: Session) -> None:
    first = again.prove(session, code=code_of(session.credential), act=ACT)
    assert again.prove(session, code="", act=ACT) == first
    with travel(minutes=6):
        assert refusal(session, "").code == "not-correct"


def test_another_session_has_to_prove_itself(session: Session) -> None:
    again.prove(session, code=code_of(session.credential), act=ACT)
    other = a_session(session.credential)
    assert refusal(other, "").code == "not-correct"


def test_five_wrong_codes_make_one_wait_even_with_the_right_one(session: Session) -> None:
    for _time in range(5):
        refusal(session, wrong(session))
    assert refusal(session, code_of(session.credential)).code == "too-many-tries"
    with travel(minutes=16):
        session.refresh_from_db()
        assert again.prove(session, code=code_of(session.credential), act=ACT)


def test_a_proof_holds_also_while_one_waits(session: Session) -> None:
    first = again.prove(session, code=code_of(session.credential), act=ACT)
    for _time in range(5):
        refusal(session, wrong(session), "sign another thing")
    assert again.prove(session, code="", act=ACT) == first


def test_twenty_wrong_codes_in_a_row_stop_the_product(session: Session) -> None:
    Credential.objects.filter(pk=session.credential_id).update(failures_in_a_row=19)
    refusal(session, wrong(session))
    session.refresh_from_db()
    assert Credential.objects.get(pk=session.credential_id).suspended_at is not None
    assert session.ended_by == Session.End.CREDENTIAL
    assert refusal(session, code_of(session.credential)).code == "session-over"


def test_a_right_code_forgets_the_wrong_ones(session: Session) -> None:
    for _time in range(4):
        refusal(session, wrong(session))
    again.prove(session, code=code_of(session.credential), act=ACT)
    assert Credential.objects.get(pk=session.credential_id).failures_in_a_row == 0
    for _time in range(4):
        assert refusal(session, wrong(session), "more").code == "not-correct"


def test_a_session_that_has_ended_meanwhile_proves_nothing(session: Session) -> None:
    code = code_of(session.credential)
    again.prove(session, code=code, act=ACT)
    sessions.end(Session.objects.get(pk=session.pk), by=Session.End.PERSON)
    assert refusal(session, code).code == "session-over"


def test_a_product_that_cannot_sign_says_so() -> None:
    session = a_session(a_credential(a_person("Ada Muller"), product="no-such-product"))
    assert not again.can_sign(session)
    assert refusal(session, "123456").code == "cannot-sign"


def test_old_proofs_are_forgotten(session: Session) -> None:
    again.prove(session, code=code_of(session.credential), act=ACT)
    assert again.forget() == 0
    with travel(hours=25):
        assert again.forget() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_shares_one_proof() -> None:
    session = a_session(a_token(a_person("Ada Muller")))
    code = code_of(session.credential)

    found = together(*[lambda: again.prove(session, code=code, act=ACT)] * 6)

    assert {proof.pk for proof in found} == {Proof.objects.get().pk}
    assert Credential.objects.get().failures_in_a_row == 0


@pytest.mark.django_db(transaction=True)
def test_one_code_does_not_prove_two_acts_at_once() -> None:
    session = a_session(a_token(a_person("Ada Muller")))
    code = code_of(session.credential)

    found = together(
        *[lambda n=n: again.prove(session, code=code, act=f"sign {n}") for n in range(4)]
    )

    assert found.count("not-correct") == 3
    assert Proof.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_guesses_faster_than_failures_are_counted() -> None:
    session = a_session(a_token(a_person("Ada Muller")))
    guess = wrong(session)

    found = together(*[lambda: again.prove(session, code=guess, act=ACT)] * 12)

    assert Credential.objects.get().failures_in_a_row == 5
    assert found.count("too-many-tries") == 7
