from django.apps import AppConfig
from django.core import checks


class ProofsConfig(AppConfig):
    name = "guichet.proofs"
    label = "proofs"

    def ready(self) -> None:
        from guichet.proofs.checks import eseal_is_somebodys, eseal_lasts

        checks.register(eseal_is_somebodys, checks.Tags.security, deploy=True)
        checks.register(eseal_lasts, checks.Tags.security, deploy=True)
