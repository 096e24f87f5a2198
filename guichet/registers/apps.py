from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "guichet.registers"
    label = "registers"
