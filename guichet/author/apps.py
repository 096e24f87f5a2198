from django.apps import AppConfig


class AuthorConfig(AppConfig):
    name = "guichet.author"
    label = "author"
