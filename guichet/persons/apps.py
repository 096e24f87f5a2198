from django.apps import AppConfig


class PersonsConfig(AppConfig):
    name = "guichet.persons"
    label = "persons"
