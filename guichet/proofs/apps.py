from django.apps import AppConfig
from django.core import checks


class ProofsConfig(AppConfig):
    name = "guichet.proofs"
    label = "proofs"

    def ready(self) -> None:
        from guichet.proofs.checks import (
            eseal_is_somebodys,
            eseal_lasts,
            somebody_confirms_the_time,
        )

        for check in (eseal_is_somebodys, eseal_lasts, somebody_confirms_the_time):
            checks.register(check, checks.Tags.security, deploy=True)
