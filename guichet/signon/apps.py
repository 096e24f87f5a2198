from django.apps import AppConfig


class SignonConfig(AppConfig):
    name = "guichet.signon"
    label = "signon"
