"""A letter goes into a batch, is handed over, comes back or never comes."""

import csv
import hashlib
import io
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import gettext_lazy

from guichet.persons.models import Agent
from guichet.post import delivery, letters_life, printer
from guichet.post.actions import Letter, post_letter
from guichet.post.models import Batch, Dispatch
from guichet.spaces.tests.given import a_private_space, words
from tests.cast import a_person, an_agent, signed_on, travel
from tests.racing import together

LETTERS, DESK = "/fr/compte/courriers/", "/fr/agents/courriers/"


def a_sent_letter(person):
    letter = post_letter(
        Letter(
            "registration/letter/registered",
            subject=gettext_lazy("The one-stop shop of the State"),
            addressee=(person.name, "11, allée du Guichet", "L-0000 Luxembourg"),
            language="fr",
            context={"addressee": person.name, "moment": "hier"},
            whose=person.pk,
            tell=person.email,
        )
    )
    assert delivery.deliver(str(letter.pk))
    return letter


def test_letters_leave_for_the_print_shop_in_one_file_that_can_be_made_again(db, capsys):
    luc = a_person("Luc Reuter")
    letters = [a_sent_letter(luc), a_sent_letter(luc)]
    call_command("print_batch")
    assert "2 letters" in capsys.readouterr().out
    batch = Batch.objects.get()
    queue = {path.name for path in printer.print_queue().iterdir()}
    assert batch.name in queue
    assert not queue & {letter.paper_name for letter in letters}
    packed = (printer.print_queue() / batch.name).read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as pack:
        rows = list(csv.DictReader(io.StringIO(pack.read("manifest.csv").decode())))
        sums = pack.read("SHA256SUMS").decode()
        assert {row["code"] for row in rows} == {letter.spoken_code for letter in letters}
        for name in (*[row["file"] for row in rows], "manifest.csv"):
            assert f"{hashlib.sha256(pack.read(name)).hexdigest()}  {name}\n" in sums
        assert "Reuter" not in pack.read("manifest.csv").decode()
    assert letters_life.packed(batch) == packed
    call_command("print_batch")
    assert "No letter waits" in capsys.readouterr().out
    call_command("print_batch", handed_over=batch.number)
    with pytest.raises(CommandError):
        call_command("print_batch", handed_over=batch.number)


@pytest.mark.django_db(transaction=True)
def test_two_who_make_a_batch_at_once_never_share_a_letter():
    luc = a_person("Luc Reuter")
    a_sent_letter(luc)
    made = together(*[letters_life.make_batch] * 2)
    assert Batch.objects.count() == 1, made
    assert Dispatch.objects.get().batch == Batch.objects.get()


def test_luc_says_that_a_letter_never_came_and_it_is_sent_again_twice_at_most(client, db):
    luc = a_person("Luc Reuter")
    a_private_space(luc)
    signed_on(client, luc)
    letter = a_sent_letter(luc)
    other = a_sent_letter(a_person("Ada Muller"))
    page = words(client.get(LETTERS))
    assert "envoyer encore une fois" not in page
    assert "Pas encore arrivé" in page
    assert "ne peut pas être envoyé" in words(client.post(LETTERS, {"key": letter.pk}))
    for time in (1, 2):
        with travel(days=8 * time):
            signed_on(client, luc)
            newest = Dispatch.objects.letters_of(luc.pk)[0]
            assert "ne peut pas être envoyé" in words(client.post(LETTERS, {"key": other.pk}))
            assert client.post(LETTERS, {"key": newest.pk}).url == LETTERS
            again = Dispatch.objects.get(instead_of=newest)
            assert delivery.deliver(str(again.pk))
    assert again.spoken_code == letter.spoken_code
    with travel(days=30):
        signed_on(client, luc)
        assert "envoyer encore une fois" not in words(client.get(LETTERS))
        assert "ne peut pas être envoyé" in words(client.post(LETTERS, {"key": again.pk}))
    assert Dispatch.objects.letters_of(luc.pk).count() == 3


def test_what_the_post_brings_back_waits_for_the_help_desk_and_its_addressee_is_told(client, db):
    luc = a_person("Luc Reuter", email="luc@example.lu")
    letter = a_sent_letter(luc)
    signed_on(client, an_agent(duties=[Agent.Duty.HELP_DESK]))
    typed = {"code": letter.spoken_code.lower(), "reason": "moved"}
    assert "Aucun courrier" in words(client.post(DESK, typed | {"code": "2222-2222"}))
    assert client.post(DESK, typed).url == DESK
    assert "est déjà saisi" in words(client.post(DESK, typed))
    mail = Dispatch.objects.get(template="post/mail/letter_returned")
    assert mail.to == "luc@example.lu"
    page = words(client.get(DESK))
    assert "11, allée du Guichet" in page
    assert "A déménagé" in page
    assert "1 attend" in words(client.get("/fr/agents/"))
    assert client.post(DESK, {"key": letter.pk, "_settle": "1"}).url == DESK
    assert "s’est déjà occupé" in words(client.post(DESK, {"key": letter.pk, "_settle": "1"}))
    assert "11, allée du Guichet" not in words(client.get(DESK))
