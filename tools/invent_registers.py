"""Invents the people and businesses of the demonstration's registers.

    .venv/bin/python tools/invent_registers.py

Always the same, from a fixed seed: the files under `guichet/registers/data/` are its output, and
a test says so. Names of communes are real; streets, people, businesses and numbers are not.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from guichet.registers.base import LegalForm  # noqa: E402
from guichet.registers.identifiers import (  # noqa: E402
    make_business_number,
    make_person_number,
    make_vat_number,
)

SEED = 20200328  # the day after which the guide's link is no longer valid
FOLDER = ROOT / "guichet" / "registers" / "data"


def each(names: str) -> list[str]:
    """The names in a line of text."""
    return [name.strip() for name in names.split(",")]


# --- Where


COMMUNES = [
    ("Luxembourg", 1100, 2799),
    ("Esch-sur-Alzette", 4000, 4394),
    ("Differdange", 4501, 4680),
    ("Dudelange", 3401, 3596),
    ("Ettelbruck", 9010, 9093),
    ("Diekirch", 9201, 9299),
    ("Wiltz", 9501, 9577),
    ("Echternach", 6401, 6498),
    ("Grevenmacher", 6701, 6799),
    ("Remich", 5501, 5577),
    ("Mersch", 7501, 7599),
    ("Bertrange", 8050, 8089),
    ("Mamer", 8201, 8280),
    ("Hesperange", 5801, 5899),
    ("Pétange", 4701, 4783),
    ("Clervaux", 9701, 9780),
    ("Vianden", 9401, 9428),
    ("Redange-sur-Attert", 8501, 8529),
]
STREETS = [
    "rue des Trois-Lanternes",
    "allée du Merle",
    "rue du Pont-Tournant",
    "rue de l’Horloge-Lente",
    "montée des Groseilles",
    "place du Puits-Vert",
    "rue des Sept-Noyers",
    "rue du Vieux-Tampon",
    "avenue des Hirondelles-Grises",
    "chemin du Cerf-Volant",
    "rue de la Clef-d’Étain",
    "rue des Quatre-Vents-d’Ouest",
    "impasse du Parapluie",
    "boulevard du Tilleul-Bleu",
    "rue de l’Encrier",
    "cité des Ruches",
    "rue du Moulin-sans-Eau",
    "op der Kiischtebléi",
    "am Weidepesch",
    "rue du Grand-Soupirail",
]

# --- Who

TITLE_OF = {"f": "Madame", "m": "Monsieur"}
GIVEN = {
    "f": each(
        "Anne, Marie, Claire, Sophie, Julie, Laura, Emma, Nathalie, Martine, Josée, Carole, Sandra, Patricia, "
        "Monique, Sylvie, Michèle, Chantal, Maria, Ana, Beatriz, Giulia, Francesca, Amélie, Zoé, Lynn, Kim, "
        "Mila, Lina, Charlotte, Élise, Hélène, Jeanne, Rosa, Amra, Ivana, Katarzyna, Greta, Ursula, Brigitte, "
        "Véronique"
    ),
    "m": each(
        "Pierre, Michel, Claude, Paul, Luc, Guy, Romain, Serge, Patrick, Marc, François, Nicolas, Christian, "
        "Gilles, Yves, Georges, Raymond, João, Pedro, Miguel, Antonio, Marco, Matteo, Ben, Max, Noah, Liam, Tim, "
        "Félix, Théo, Émile, Henri, Jürgen, Günther, Dušan, Emir, Piotr, Stéphane, Raphaël, Loïc"
    ),
}
FAMILY = each(
    "Schmit,Muller,Weber,Hoffmann,Wagner,Thill,Klein,Becker,Reuter,Kieffer,Feltgen,Hansen,Jacoby,"
    "Majerus,Meyers,Mousel,Neuberg,Olinger,Peiffer,Pletschette,Reding,Schiltz,Steffen,Theisen,"
    "Wampach,Welter,Zimmer,Bemtgen,da Silva,Ferreira,dos Santos,Pereira Gomes,Oliveira,Rossi,"
    "De Luca,Dupont,Lefèvre,D’Hondt,Van den Berg,Müller,Groß,Jovanović,Hadžić,Nowak,Le Goff"
)


@dataclass
class Person:
    """One row of the population register."""

    national_number: str
    given_names: str
    family_name: str
    birth_date: str
    title: str
    address: list[str]


@dataclass
class Company:
    """One row of the business register."""

    name: str
    legal_form: str
    rcs: str
    vat: str
    national_number: str
    address: list[str]
    nace_code: str
    activity: str
    founded_on: str
    managers: list[str] = field(default_factory=list)


# The cast of the tests and of the demonstration: given names, family name, sex, born, address.
CAST = [
    ("Tom", "Weber", "m", date(1979, 3, 2), ["27, rue des Trois-Lanternes", "L-9053 Ettelbruck"]),
    (
        "Ada",
        "Muller",
        "f",
        date(1985, 4, 12),
        ["4, place du Puits-Vert", "L-4205 Esch-sur-Alzette"],
    ),
    (
        "Marc",
        "Klein",
        "m",
        date(1990, 11, 30),
        ["112, avenue des Hirondelles-Grises", "L-1482 Luxembourg"],
    ),
    ("Nora", "Schmit", "f", date(1996, 2, 29), ["8, montée des Groseilles", "L-7526 Mersch"]),
    (
        "Jean",
        "Hoffmann",
        "m",
        date(1962, 7, 14),
        ["51, rue de l’Horloge-Lente", "L-3441 Dudelange"],
    ),
    ("Eva", "Wagner", "f", date(1988, 12, 5), ["2, impasse du Parapluie", "L-6440 Echternach"]),
    ("Paul", "Thill", "m", date(1971, 5, 23), ["19, chemin du Cerf-Volant", "L-9516 Wiltz"]),
    ("Zoé", "Braun", "f", date(2001, 9, 9), ["33, boulevard du Tilleul-Bleu", "L-1219 Luxembourg"]),
    ("Luc", "Reuter", "m", date(1957, 1, 17), ["6, rue du Moulin-sans-Eau", "L-5533 Remich"]),
    (
        "Inês Beatriz",
        "da Silva Ferreira de Albuquerque",
        "f",
        date(1993, 6, 21),
        ["204, rue des Quatre-Vents-d’Ouest", "L-4660 Differdange"],
    ),
    (
        "Karl",
        "Steinmetz-von Hohenfels",
        "m",
        date(1968, 10, 3),
        ["15, am Weidepesch", "L-9220 Diekirch"],
    ),
]
LEA = Person(
    national_number="1983081974925",
    given_names="Léa",
    family_name="Guichet",
    birth_date="1983-08-19",
    title="Madame",
    address=["11, allée du Guichet", "L-0000 Luxembourg"],
)


def people(chance: random.Random) -> list[Person]:
    """Léa, the cast, and their neighbours: alone, in couples, with children, with a parent."""
    taken: set[str] = {LEA.national_number}
    everybody = [LEA]
    for given, family, sex, born, address in CAST:
        everybody.append(_person(chance, taken, given, family, sex, born, address))
    while len(everybody) < 100:
        everybody += _household(chance, taken)
    return everybody


def _household(chance: random.Random, taken: set[str]) -> Iterator[Person]:
    address = _address(chance)
    family = chance.choice(FAMILY)
    born = _day(chance, 1932, 1999)
    sex = chance.choice("fm")
    yield _person(chance, taken, _given(chance, sex), family, sex, born, address)
    if chance.random() < 0.35:
        return
    partner = "m" if sex == "f" else "f"
    partner_born = born + timedelta(days=chance.randint(-2500, 2500))
    # Wives keep their name in Luxembourg's registers, and so do husbands.
    name = chance.choice(FAMILY)
    yield _person(chance, taken, _given(chance, partner), name, partner, partner_born, address)
    mother_born = partner_born if partner == "f" else born
    for _child in range(chance.choice((0, 1, 1, 2, 2, 3))):
        child_born = mother_born + timedelta(days=chance.randint(22 * 365, 41 * 365))
        if date(2003, 1, 1) < child_born < date(2026, 1, 1):
            sex = chance.choice("fm")
            yield _person(chance, taken, _given(chance, sex), family, sex, child_born, address)


def _person(
    chance: random.Random,
    taken: set[str],
    given: str,
    family: str,
    sex: str,
    born: date,
    address: list[str],
) -> Person:
    number = make_person_number(born, chance.randrange(1000))
    while number in taken:
        number = make_person_number(born, chance.randrange(1000))
    taken.add(number)
    return Person(number, given, family, born.isoformat(), TITLE_OF[sex], address)


def _given(chance: random.Random, sex: str) -> str:
    first = chance.choice(GIVEN[sex])
    shape = chance.random()
    if shape < 0.6:
        return first
    second = chance.choice([name for name in GIVEN[sex] if name != first])
    return f"{first}-{second}" if shape < 0.7 else f"{first} {second}"


def _address(chance: random.Random) -> list[str]:
    commune, first, last = chance.choice(COMMUNES)
    number = f"{chance.randint(1, 140)}{chance.choice(['', '', '', '', 'A', 'B'])}"
    street = chance.choice(STREETS)
    return [f"{number}, {street}", f"L-{chance.randint(first, last)} {commune}"]


def _day(chance: random.Random, first_year: int, last_year: int) -> date:
    first = date(first_year, 1, 1)
    return first + timedelta(days=chance.randrange((date(last_year, 12, 31) - first).days + 1))


# --- Which businesses

# Letter of the trade and companies register, and the two digits inside the national number.
# 22, 24 and 61 are documented; the others only have to be different.
FORMS = {
    LegalForm.SARL: ("B", "24", "Sàrl"),
    LegalForm.SARL_S: ("B", "24", "Sàrl-S"),
    LegalForm.SA: ("B", "22", "SA"),
    LegalForm.SAS: ("B", "28", "SAS"),
    LegalForm.SECS: ("B", "21", "SECS"),
    LegalForm.SENC: ("B", "20", "SENC"),
    LegalForm.COOPERATIVE: ("B", "25", "Société coopérative"),
    LegalForm.BRANCH: ("B", "29", "succursale de Luxembourg"),
    LegalForm.GIE: ("C", "50", "GIE"),
    LegalForm.SCI: ("E", "70", "SCI"),
    LegalForm.ASBL: ("F", "61", "ASBL"),
    LegalForm.FOUNDATION: ("G", "62", "Fondation"),
}
WITHOUT_VAT = {LegalForm.ASBL, LegalForm.FOUNDATION, LegalForm.SCI}

# Name of the trade, NACE code, its label, words that stand after the trade.
TRADES = [
    ("Boulangerie", "10.71", "Fabrication de pain et de pâtisserie fraîche"),
    ("Pâtisserie", "10.71", "Fabrication de pain et de pâtisserie fraîche"),
    ("Menuiserie", "43.32", "Travaux de menuiserie"),
    ("Toitures", "43.91", "Travaux de couverture"),
    ("Électricité", "43.21", "Installation électrique"),
    ("Peinture", "43.34", "Travaux de peinture et vitrerie"),
    ("Garage", "45.20", "Entretien et réparation de véhicules automobiles"),
    ("Librairie", "47.61", "Commerce de détail de livres en magasin spécialisé"),
    ("Fleurs", "47.76", "Commerce de détail de fleurs et de plantes"),
    ("Cycles", "47.64", "Commerce de détail d’articles de sport"),
    ("Café", "56.30", "Débits de boissons"),
    ("Restaurant", "56.10", "Restaurants et services de restauration mobile"),
    ("Transports", "49.41", "Transports routiers de fret"),
    ("Informatique", "62.01", "Programmation informatique"),
    ("Fiduciaire", "69.20", "Activités comptables"),
    ("Architecture", "71.11", "Activités d’architecture"),
    ("Traductions", "74.30", "Traduction et interprétation"),
    ("Coiffure", "96.02", "Coiffure et soins de beauté"),
    ("Jardins", "81.30", "Services d’aménagement paysager"),
    ("Nettoyage", "81.21", "Nettoyage courant des bâtiments"),
]
NICKNAMES = each(
    "du Marché,de la Gare,du Moulin,des Remparts,de l’Alzette,de la Sûre,du Kirchberg,"
    "des Trois Ponts,du Nord,de la Moselle"
)
COMPANY_WORDS = each(
    "Alizarine,Brindille,Cobalta,Dorlène,Escapelle,Fontanelle,Grimoulin,Hauterive,Indigône,"
    "Jolimont,Kaléa,Lucidor,Mirabelle,Norvège Bois,Opaline,Pimprenelle,Quartzo,Rivalta"
)
CLUBS = [
    ("Les Amis du Levain", "94.99", "Activités des organisations associatives"),
    ("Cercle d’échecs du Nord", "93.12", "Activités de clubs de sports"),
    ("Harmonie de la Sûre", "90.01", "Arts du spectacle vivant"),
    ("Vélo pour tous", "93.12", "Activités de clubs de sports"),
    ("Jardins partagés du Plateau", "94.99", "Activités des organisations associatives"),
    ("Lire ensemble", "94.99", "Activités des organisations associatives"),
    ("Théâtre du Parapluie", "90.01", "Arts du spectacle vivant"),
    ("Repair Café des Deux-Ponts", "94.99", "Activités des organisations associatives"),
    ("Club de natation Les Loutres", "93.12", "Activités de clubs de sports"),
    ("Aide au voisin", "88.99", "Action sociale sans hébergement"),
    ("Chorale À pleine voix", "90.01", "Arts du spectacle vivant"),
    ("Musée du Tampon", "91.02", "Gestion des musées"),
]
LETTING = ("68.20", "Location et exploitation de biens immobiliers propres ou loués")


def companies(chance: random.Random, everybody: list[Person]) -> list[Company]:
    """Those of the cast first, then every form there is, in the shares that one would expect."""
    register = Registrar(chance, everybody)
    _companies_of_the_cast(register)
    for name, code, activity in CLUBS[1:]:
        register.add(LegalForm.ASBL, name, code, activity)
    for trade, code, activity in TRADES:
        register.add(LegalForm.SARL, f"{trade} {register.family()}", code, activity)
        place = chance.choice(NICKNAMES)
        form = chance.choice((LegalForm.SARL, LegalForm.SARL_S, LegalForm.SARL))
        register.add(form, f"{trade} {place}", code, activity)
        if chance.random() < 0.6:
            register.add_self_employed(trade, code, activity)
    for word in COMPANY_WORDS[:15]:
        _trade, code, activity = chance.choice(TRADES)
        register.add(LegalForm.SA, word, code, activity)
    for word, form in zip(
        COMPANY_WORDS[15:], (LegalForm.SAS, LegalForm.SECS, LegalForm.SENC), strict=True
    ):
        _trade, code, activity = chance.choice(TRADES)
        register.add(form, word, code, activity)
    register.add(
        LegalForm.COOPERATIVE,
        "Coopérative laitière du Plateau",
        "10.51",
        "Exploitation de laiteries et fabrication de fromage",
    )
    register.add(
        LegalForm.BRANCH, "Nordlicht Handels GmbH,", "46.90", "Commerce de gros non spécialisé"
    )
    register.add(
        LegalForm.GIE,
        "Marchés couverts réunis",
        "82.99",
        "Autres activités de soutien aux entreprises",
    )
    register.add(
        LegalForm.FOUNDATION,
        "Fondation des Trois-Lanternes",
        "94.99",
        "Activités des organisations associatives",
    )
    for family in ("Kieffer", "Olinger", "Wampach"):
        register.add(LegalForm.SCI, f"Immobilière {family}", *LETTING)
    return register.companies


def _companies_of_the_cast(register: "Registrar") -> None:
    bread = "10.71", "Fabrication de pain et de pâtisserie fraîche"
    register.add(LegalForm.SARL, "Boulangerie Muller", *bread, by="Ada Muller", year=2012)
    register.add(LegalForm.SCI, "Immobilière Muller", *LETTING, by="Ada Muller", year=2015)
    register.add(LegalForm.ASBL, *CLUBS[0], by="Ada Muller", year=2018)
    roofs = "43.91", "Travaux de couverture"
    register.add(LegalForm.SARL, "Toitures Weber et Fils", *roofs, by="Tom Weber", year=2006)
    advice = "70.22", "Conseil pour les affaires et autres conseils de gestion"
    register.add(LegalForm.SARL, "Atelier Guichet", *advice, by="Léa Guichet", year=2019)
    register.add(
        LegalForm.SARL_S,
        "Klein Réparations",
        "95.11",
        "Réparation d’ordinateurs",
        by="Marc Klein",
        year=2021,
    )
    register.add(
        LegalForm.SA,
        "Steinmetz Natursteinwerke",
        "23.70",
        "Taille, façonnage et finissage de pierres",
        by="Karl Steinmetz-von Hohenfels",
        year=1998,
    )


class Registrar:
    """Gives out numbers, each once."""

    def __init__(self, chance: random.Random, everybody: list[Person]) -> None:
        self.chance = chance
        self.everybody = everybody
        self.companies: list[Company] = []
        self._taken: set[str] = set()
        self._names: set[str] = set()
        self._independent: set[str] = set()

    def add(
        self,
        form: LegalForm,
        name: str,
        nace_code: str,
        activity: str,
        *,
        by: str = "",
        year: int = 0,
    ) -> None:
        """Enter a company or association; twice the same name is entered once."""
        letter, code, suffix = FORMS[form]
        full = name if form is LegalForm.FOUNDATION else f"{name} {suffix}"
        if full in self._names:
            return
        self._names.add(full)
        founded = self._founded(year, 2017 if form is LegalForm.SARL_S else 1985)
        managers = [self._named(by)] if by else self._managers(founded)
        self.companies.append(
            Company(
                name=full,
                legal_form=form.value,
                rcs=self._rcs(letter, founded.year),
                vat="" if form in WITHOUT_VAT else self._vat(),
                national_number=self._number(founded.year, code),
                address=_address(self.chance),
                nace_code=nace_code,
                activity=activity,
                founded_on=founded.isoformat(),
                managers=managers,
            )
        )

    def add_self_employed(self, trade: str, nace_code: str, activity: str) -> None:
        """Enter somebody under their own name and number."""
        founded = self._founded()
        person = self.chance.choice(
            [
                adult
                for adult in self._adults(founded)
                if adult.national_number not in self._independent
            ]
        )
        self._independent.add(person.national_number)
        in_trade_register = self.chance.random() < 0.7
        self.companies.append(
            Company(
                name=f"{person.given_names} {person.family_name} {trade}",
                legal_form=LegalForm.SELF_EMPLOYED.value,
                rcs=self._rcs("A", founded.year) if in_trade_register else "",
                vat=self._vat(),
                national_number=person.national_number,
                address=person.address,
                nace_code=nace_code,
                activity=activity,
                founded_on=founded.isoformat(),
                managers=[person.national_number],
            )
        )

    def family(self) -> str:
        """A family name for a signboard."""
        return self.chance.choice(FAMILY)

    def _founded(self, year: int = 0, since: int = 1985) -> date:
        """A day of that year; of any year that the form existed in, if none is given."""
        return _day(self.chance, year or since, year or 2025)

    def _adults(self, on: date) -> list[Person]:
        """Those of age on that day and not yet old, the cast left out."""
        neighbours = self.everybody[len(CAST) + 1 :]
        ages = (on.year - int(person.birth_date[:4]) for person in neighbours)
        return [person for person, age in zip(neighbours, ages, strict=True) if 19 <= age <= 64]

    def _managers(self, founded: date) -> list[str]:
        count = self.chance.choice((1, 1, 1, 2))
        return [
            person.national_number for person in self.chance.sample(self._adults(founded), count)
        ]

    def _named(self, name: str) -> str:
        return next(
            person.national_number
            for person in self.everybody
            if f"{person.given_names} {person.family_name}" == name
        )

    def _rcs(self, letter: str, year: int) -> str:
        # Numbers grow with the years; the first ones of the register had few digits.
        base = 20_000 + (year - 1985) * 6_500 if letter == "B" else (year - 1984) * 300
        return self._once(lambda: f"{letter}{base + self.chance.randrange(300)}")

    def _vat(self) -> str:
        return self._once(lambda: make_vat_number(self.chance.randint(110_000, 369_999)))

    def _number(self, year: int, code: str) -> str:
        return self._once(
            lambda: make_business_number(year, code, self.chance.randrange(1, 400)) or ""
        )

    def _once(self, draw: Callable[[], str]) -> str:
        number = draw()
        while not number or number in self._taken:
            number = draw()
        self._taken.add(number)
        return number


def write(folder: Path) -> None:
    """Put both files into `folder`."""
    chance = random.Random(SEED)
    everybody = people(chance)
    for name, rows in (
        ("persons.json", everybody),
        ("businesses.json", companies(chance, everybody)),
    ):
        text = json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1)
        (folder / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(FOLDER)
