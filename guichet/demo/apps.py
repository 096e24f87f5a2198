from django.apps import AppConfig
from django.core import checks


class DemoConfig(AppConfig):
    name = "guichet.demo"
    label = "demo"

    def ready(self) -> None:
        from guichet.demo.checks import demonstration_stays_here

        checks.register(demonstration_stays_here, checks.Tags.security)
