from django.apps import AppConfig


class AccountConfig(AppConfig):
    name = "guichet.account"
    label = "account"
