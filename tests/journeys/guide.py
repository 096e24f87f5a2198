"""The guide's own lines as something to do and something to read.

`guide.txt` is the page that the State hands to people, as it was transcribed: pictures have left
their words between the lines. `LINES` are its instructions and its promises, in its order. They are
searched in the text, never typed here twice, so that a walk follows the page and not the code.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.journeys.words import plain

TEXT = (Path(__file__).parent / "guide.txt").read_text(encoding="utf-8")

# What a line looks like, and the name of what one does with it. The first that fits is taken.
SHAPES: list[tuple[str, str]] = [
    (r"Cliquez sur l'image qui correspond à l'outil", "choose_the_tool"),
    (r"Choisissez à nouveau votre outil", "choose_the_tool"),
    (r"La plupart des utilisateurs ont un (Token)", "is_offered"),
    (r"Entrez votre (UserID) et votre mot de passe \((Password)\)", "enter_userid_and_password"),
    (
        r"Connexion à LuxTrust pour l'authentification avec l'identifiant de session \d{6}",
        "read_the_number",
    ),
    (r"(Changer de mode d'authentification)", "is_offered"),
    (r"Appuyez sur le bouton de votre Token", "press_the_token"),
    (
        r"Entrez le code à 6 chiffres affiché sur le Token dans le champs (OTP) de l'écran",
        "enter_the_code",
    ),
    (r"L'image doit correspondre à l'image secrète que vous avez choisie", "compare_the_image"),
    (r"^- (votre adresse e-mail)", "enter_the_address"),
    (r"^- (votre numéro d'identification) national", "enter_the_number"),
    (r"(Un email de confirmation est envoyé)", "read_that_a_mail_is_sent"),
    (
        r"Cliquez le lien indiqué dans l'email reçu pour confirmer votre enregistrement",
        "follow_the_mail",
    ),
    (r"(Vous devez vous authentifier une nouvelle fois)", "sign_on_again"),
    (r"(?:\*\*)?(Cochez la case)(?:\*\*)?$", "tick_the_box"),
    (r"Cochez « (.+?) »", "tick"),
    (r"Cliquez sur « (.+?) »", "press"),
    (r"(Vous êtes maintenant enregistré auprès de MyGuichet\.lu)", "read"),
    (r"(Vous pouvez maintenant créer votre espace professionnel)", "go_on_to_the_spaces"),
    (r"^- Donnez un nom à votre espace", "name_the_space"),
    (r"^- Renseignez les informations de votre entreprise", "describe_the_company"),
    (r"^- Vérifiez vos infos d'utilisateurs", "check_the_user"),
    (r"(Vous venez de créer votre espace professionnel)", "read"),
    (r"(Vous pouvez maintenant faire votre démarche)", "read"),
]


@dataclass(frozen=True)
class Line:
    """One line of the guide: what one does, and the words it does it with."""

    act: str
    words: tuple[str, ...]
    text: str


@cache
def lines() -> tuple[Line, ...]:
    """The guide's instructions and promises, in its order."""
    found = []
    for raw in TEXT.splitlines():
        text = raw.strip().lstrip("#").strip()
        for shape, act in SHAPES:
            match = re.search(shape, text)
            if match:
                found.append(Line(act, match.groups(), text))
                break
    return tuple(found)


def is_printed(words: str) -> bool:
    """Whether the guide prints these words, in its text or in one of its pictures."""
    return plain(words) in plain(TEXT.replace("*", ""))
