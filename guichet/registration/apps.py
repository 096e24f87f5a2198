from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    name = "guichet.registration"
    label = "registration"
