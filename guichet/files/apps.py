from django.apps import AppConfig
from django.core import checks


class FilesConfig(AppConfig):
    name = "guichet.files"
    label = "files"

    def ready(self) -> None:
        from guichet.files.checks import papers_are_scanned

        checks.register(papers_are_scanned, checks.Tags.security, deploy=True)
