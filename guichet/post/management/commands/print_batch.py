"""Letters for a print shop: `manage.py print_batch`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guichet.post import letters_life
from guichet.post.models import Batch
from guichet.post.printer import print_queue


class Command(BaseCommand):
    help = (
        "Put the letters of the print queue into one ZIP there, in place of the single files. With "
        "--again, lay out an earlier one once more; with --handed-over, note that the shop took it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", metavar="NUMBER", type=int)
        parser.add_argument("--handed-over", metavar="NUMBER", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        if number := options["handed_over"]:
            if not letters_life.handed_over(_batch(number)):
                raise CommandError("That is noted already.")
            return
        batch = _batch(options["again"]) if options["again"] else letters_life.make_batch()
        if batch is None:
            self.stdout.write("No letter waits.")
            return
        try:
            letters_life.lay_out(batch)
        except FileNotFoundError as fault:
            raise CommandError("Its letters were forgotten after ninety days.") from fault
        self.stdout.write(f"{batch.letters.count()} letters: {print_queue() / batch.name}")


def _batch(number: int) -> Batch:
    found = Batch.objects.filter(number=number).first()
    if found is None:
        raise CommandError(f"There is no batch {number}.")
    return found
