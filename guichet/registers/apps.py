from django.apps import AppConfig
from django.core import checks


class RegistersConfig(AppConfig):
    name = "guichet.registers"
    label = "registers"

    def ready(self) -> None:
        from guichet.registers.checks import registers_are_real

        checks.register(registers_are_real, checks.Tags.security, deploy=True)
