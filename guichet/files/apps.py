from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "guichet.files"
    label = "files"
