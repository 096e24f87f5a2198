"""A new user with the guide in her hand and nothing else: line by line, in three languages.

Léa holds a Token that nobody knows. She registers, confirms her address, signs on again, accepts
what is to be accepted and opens a professional space. The words she looks for are the guide's; on a
German or English screen, what the catalogues say for them.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.cast import LEA_EMAIL, LEA_NUMBER, PASSWORD
from tests.journeys.conftest import Arrive
from tests.journeys.guide import TEXT, Line, is_printed, lines
from tests.journeys.portal import POSTGRESQL, Portal
from tests.journeys.visitor import Visitor

LANGUAGES = ["fr", "de", "en"]
TOKEN = "LEAG1"

# Acts that leave a page behind them, and are therefore looked at.
TURNS = {"choose_the_tool", "press", "follow_the_mail", "sign_on_again", "go_on_to_the_spaces"}

# What nobody may find in a log line or an audit entry after the walk.
SECRETS = ["Léa", "LEA ", "LEAG1", LEA_NUMBER, LEA_EMAIL, PASSWORD, "allée du Guichet", "Atelier"]


class Lea:
    """Each method does what one kind of line says."""

    def __init__(self, visitor: Visitor, *, deep: bool) -> None:
        self.visitor = visitor
        self.deep = deep
        self.tool = next(line.words[0] for line in lines() if line.act == "is_offered")
        self.offered: list[str] = []
        self.picture = ""
        self.code = ""
        self.number = ""

    def follow(self, line: Line) -> None:
        act: Callable[..., None] = getattr(self, line.act)
        act(*line.words)
        if line.act in TURNS:
            self.visitor.look(
                re.sub(r"\W+", "-", line.text.lower()).strip("-")[:40], deep=self.deep
            )

    # --- Signing on

    def choose_the_tool(self) -> None:
        if "/connexion/" not in self.visitor.page.url:
            self.visitor.press("Se connecter")
        self.visitor.reads("Connexion à un service en ligne de l'Etat luxembourgeois")
        self.offered.append(self.tool)
        self.visitor.press(self.tool)

    def is_offered(self, label: str) -> None:
        """The guide's pictures stand after the line that leaves them."""
        if not self.visitor.control(label).count():
            assert label in self.offered

    def enter_userid_and_password(self, user_id: str, password: str) -> None:
        self.visitor.reads("Connexion à un service en ligne de l'Etat luxembourgeois")
        self.visitor.fill(user_id, TOKEN)
        self.visitor.fill(password, PASSWORD)

    def read_the_number(self) -> None:
        printed = "Connexion à LuxTrust pour l'authentification avec l'identifiant de session"
        assert is_printed(printed)
        body = self.visitor.page.locator("main").inner_text()
        numbers = re.findall(r"(?<!\d)\d{6}(?!\d)", body)
        assert len(set(numbers)) == 1, body
        assert numbers[0] != self.number, "each attempt has a number of its own"
        self.number = numbers[0]

    def press_the_token(self) -> None:
        self.picture = self.visitor.secret_image()
        self.code = self.visitor.code_of_the_token(TOKEN)

    def enter_the_code(self, label: str) -> None:
        self.visitor.fill(label, self.code)
        for words in ("Changer de mode d'authentification",):
            if self.visitor.control(words).count():
                self.offered.append(words)

    def compare_the_image(self) -> None:
        assert self.picture
        assert self.picture == self.visitor.image_on_the_card(TOKEN)

    # --- Registering

    def enter_the_address(self, label: str) -> None:
        for words in ("Enregistrement", "Votre prénom", "Votre nom", "Mention légale", "Annuler"):
            assert is_printed(words)
            self.visitor.reads(words)
        self.visitor.reads("Vous avez fourni un certificat électronique valide")
        expect(self.visitor.field("Votre prénom")).to_have_value("LEA")
        expect(self.visitor.field("Votre nom")).to_have_value("GUICHET")
        self.visitor.fill(label, LEA_EMAIL)

    def enter_the_number(self, label: str) -> None:
        self.visitor.fill(label, LEA_NUMBER)

    def read_that_a_mail_is_sent(self, sentence: str) -> None:
        self.visitor.reads(sentence)
        self.visitor.shows(LEA_EMAIL)

    def follow_the_mail(self) -> None:
        subject = "Votre demande d'enregistrement auprès d'une application Internet de l'État"
        assert is_printed(subject)
        mail = self.visitor.mail_to(LEA_EMAIL, subject)
        for words in (
            "Merci de ne pas répondre à cet e-mail généré automatiquement",
            "Vous venez de faire une demande d'enregistrement auprès d'une application Internet",
            "le lien n'est valide que pendant 72 h. La date limite est",
            "Confirmation de votre enregistrement auprès d'une application Internet de l'État",
        ):
            assert is_printed(words), words
            assert self.visitor.finds(words, mail.text), words
        assert "11, allée du Guichet" in mail.text
        assert re.search(r"\d{2}[./]\d{2}[./]\d{4},? \d{2}:\d{2}:\d{2}", mail.text)
        assert re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", mail.text)
        self.visitor.page.goto(mail.link)
        self.visitor.look("the-link-of-the-mail", deep=self.deep)
        self.visitor.go_on()

    def sign_on_again(self, sentence: str) -> None:
        self.visitor.reads(sentence)
        self.visitor.portal.later(timedelta(seconds=31))  # each code works once
        self.visitor.follow(self.visitor.main_action())

    def tick_the_box(self, _words: str) -> None:
        self.visitor.tick()

    def go_on_to_the_spaces(self, _sentence: str) -> None:
        self.visitor.follow(self.visitor.main_action())

    # --- The professional space

    def name_the_space(self) -> None:
        self.visitor.reads("Donnez un nom à votre espace")
        self.visitor.page.locator("#main-form input:not([type=hidden])").first.fill("Atelier Léa")
        self.visitor.go_on()
        self.visitor.look("the-company", deep=self.deep)

    def describe_the_company(self) -> None:
        self.visitor.reads("Renseignez les informations de votre entreprise")
        self.visitor.page.locator("#main-form input:not([type=hidden])").first.fill("Muller")
        self.visitor.go_on()
        self.visitor.look("companies-found", deep=self.deep)
        chosen = self.visitor.page.locator("main .cards form button").first
        self.visitor.follow(chosen)
        self.visitor.look("the-company-chosen", deep=self.deep)
        self.visitor.go_on()
        self.visitor.look("the-user", deep=self.deep)

    def check_the_user(self) -> None:
        self.visitor.reads("Vérifiez vos infos d'utilisateurs")
        self.visitor.shows("Léa")
        self.visitor.go_on()
        self.visitor.look("the-space-is-there", deep=self.deep)

    # --- Anything

    def tick(self, label: str) -> None:
        self.visitor.tick(label)

    def press(self, label: str) -> None:
        self.visitor.press(label)

    def read(self, sentence: str) -> None:
        self.visitor.reads(sentence)


def test_the_guide_has_not_lost_a_line():
    """Every line that tells somebody to do something is one that the walk follows."""
    followed = {line.text for line in lines()}
    verbs = r"(?:\*\*)?(Cliquez|Cochez|Entrez|Appuyez|Choisissez|Indiquez|- )"
    orders = [line.strip() for line in TEXT.splitlines() if re.match(verbs, line.strip())]
    # The mail's own line; on our mail the link says where it goes.
    in_the_mail = {"Cliquez ici pour valider votre enregistrement"}
    assert set(orders) - followed - in_the_mail == set()
    assert len(lines()) == 36


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_user_follows_the_guide(
    own_portal: Portal, arrive: Arrive, language: str, scripts: bool
):
    visitor = arrive(own_portal, language=language, scripts=scripts)
    lea = Lea(visitor, deep=language == "fr" and scripts and not POSTGRESQL)
    visitor.go("/{language}/")
    visitor.look("home", deep=lea.deep)

    for line in lines():
        lea.follow(line)

    visitor.follow(visitor.main_action())
    for tab in (
        "Mes démarches",
        "Mes données professionnelles",
        "Communications",
        "Espace professionnel",
    ):
        assert is_printed(tab)
        visitor.open_tab(tab)
        visitor.look(f"tab-{tab.split()[-1]}", deep=lea.deep)
    _nothing_personal_is_left(own_portal, lea)


def _nothing_personal_is_left(portal: Portal, lea: Lea) -> None:
    written = portal.said() + repr(portal.rows("audit_entry"))
    code = re.search(r"confirmer/([^/]+)/", "".join(lea.visitor.visited))
    for secret in [*SECRETS, lea.code, *([code[1]] if code else [])]:
        assert secret not in written, f"{secret!r} is in a log line or an audit entry"
    assert lea.number in repr(portal.rows("audit_entry")), "the number shown is in the audit log"
