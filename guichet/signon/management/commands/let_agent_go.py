"""Close an agent's account: `manage.py let_agent_go 20-digit-number`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guichet.persons.actions import let_agent_go
from guichet.persons.models import Agent


class Command(BaseCommand):
    help = "Close the account of the agent who signs on with the product of this number, for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="number of the product's certificate, 20 digits")

    def handle(self, *args: Any, **options: Any) -> None:
        number = "".join(options["number"].split())
        agent = Agent.objects.filter(credentials__number=number).first()
        if agent is None:
            raise CommandError("No agent signs on with a product of this number.")
        let_agent_go(agent)
