"""Publish news from a file: `manage.py publish_news news.json`."""

import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guichet.content import actions
from guichet.refusals import Refused


class Command(BaseCommand):
    help = (
        "Publish or correct news. The file is a list of objects with `slug`, `published_at` "
        "(ISO 8601 with an offset, may be left out) and `texts`: for each language `title`, "
        "`summary` and `body`. With --withdraw, take the news with this slug down."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--withdraw", metavar="SLUG", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["withdraw"]:
                actions.withdraw_news(None, slug=options["withdraw"])
            elif options["file"]:
                self._publish(options["file"])
            else:
                raise CommandError("Name a file, or --withdraw a slug.")
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal

    def _publish(self, file: Path) -> None:
        for row in json.loads(file.read_text(encoding="utf-8")):
            at = row.get("published_at")
            actions.publish_news(
                None,
                slug=row["slug"],
                texts=row["texts"],
                published_at=datetime.fromisoformat(at) if at else None,
            )
            self.stdout.write(row["slug"])
