from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "guichet.design"
    label = "design"
