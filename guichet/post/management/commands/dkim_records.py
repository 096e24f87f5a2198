"""What to publish so that signed mails can be checked: `manage.py dkim_records`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from guichet.post import dkim
from guichet.post.delivery import sender_domain


class Command(BaseCommand):
    help = "Print the DNS record of each key of GUICHET_DKIM, as a zone file has it."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DKIM_KEYS:
            raise CommandError("No key is named. Make one and name it in GUICHET_DKIM.")
        for selector, key in settings.DKIM_KEYS.items():
            self.stdout.write(dkim.record(selector, key, domain=sender_domain()))
