from django.apps import AppConfig
from django.core import checks


class ProofsConfig(AppConfig):
    name = "guichet.proofs"
    label = "proofs"

    def ready(self) -> None:
        from guichet.proofs.checks import eseal_is_somebodys

        checks.register(eseal_is_somebodys, checks.Tags.security, deploy=True)
