from django.apps import AppConfig


class PostConfig(AppConfig):
    name = "guichet.post"
    label = "post"
