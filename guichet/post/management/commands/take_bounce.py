"""A mail came back: `manage.py take_bounce retours+…@guichet.example < report`."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from guichet.post import bounces

_TRY_AGAIN_LATER = 75  # EX_TEMPFAIL: the mail server keeps the report and tries again


class Command(BaseCommand):
    help = (
        "For a mail server: record the report on standard input, which was sent to RECIPIENT. What "
        "is no report of a mail of ours is dropped. Ends with 75 while the database is away."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("recipient")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            bounces.take(options["recipient"], sys.stdin.buffer.read(bounces.REPORT_BYTES_MAX))
        except DatabaseError:
            sys.exit(_TRY_AGAIN_LATER)
