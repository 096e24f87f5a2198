"""Take an agent on: `manage.py add_agent 20-digit-number --authority acd …`."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from guichet.persons.actions import name_authority, take_on_agent
from guichet.persons.models import Agent, Authority
from guichet.refusals import Refused
from guichet.signon.actions import bind_agent
from guichet.signon.models import Credential


class Command(BaseCommand):
    help = (
        "Give somebody who works for an authority an account of their own, and the product with "
        "this number to sign on with. The product must be nobody's yet. An authority that is new "
        "here needs --authority-name, once for each language: fr=…, de=…, en=…"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("number", help="number of the product's certificate, 20 digits")
        parser.add_argument("--authority", required=True, metavar="CODE")
        parser.add_argument(
            "--authority-name", action="append", default=[], metavar="LANGUAGE=NAME"
        )
        parser.add_argument("--given-names", required=True)
        parser.add_argument("--family-name", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE)
        parser.add_argument(
            "--duty", action="append", required=True, choices=Agent.Duty.values, dest="duties"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
            agent = take_on_agent(
                self._authority(options["authority"], options["authority_name"]),
                **{
                    name: options[name]
                    for name in ("given_names", "family_name", "email", "language", "duties")
                },
            )
            bind_agent(self._credential(options["number"]), agent)
        except ValidationError as fault:
            raise CommandError("The email address is not complete.") from fault
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{agent.pk}")

    def _authority(self, code: str, named: list[str]) -> Authority:
        names = dict(line.split("=", 1) for line in named if "=" in line)
        if names:
            return name_authority(code=code, names=names)
        try:
            return Authority.objects.get(code=code)
        except Authority.DoesNotExist:
            raise CommandError(f"{code} is new here. Name it with --authority-name fr=…") from None

    def _credential(self, number: str) -> Credential:
        found = Credential.objects.filter(number="".join(number.split())).first()
        if found is None or not found.is_usable:
            raise CommandError("No usable product has this number.")
        return found
