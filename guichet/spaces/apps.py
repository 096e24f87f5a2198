from django.apps import AppConfig
from django.urls import register_converter


class SpacesConfig(AppConfig):
    name = "guichet.spaces"
    label = "spaces"

    def ready(self) -> None:
        """`<space:identifier>` in the addresses of every room above."""
        from guichet.spaces.identifiers import IdentifierConverter

        register_converter(IdentifierConverter, "space")
