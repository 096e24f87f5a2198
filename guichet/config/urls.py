"""Every address. Slugs stay French in all languages; the prefix says the language."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from guichet.content import errors

urlpatterns = [
    path("", include("guichet.jobs.urls")),
    path("", include("guichet.content.root_urls")),
    path("", include("guichet.desk.root_urls")),
    path("", include("guichet.proofs.urls")),
    *i18n_patterns(
        path("", include("guichet.desk.urls")),
        path("", include("guichet.content.urls")),
        path("", include("guichet.signon.urls")),
        path("", include("guichet.registration.urls")),
        path("", include("guichet.spaces.urls")),
        path("", include("guichet.procedures.urls")),
        path("", include("guichet.account.urls")),
        path("", include("guichet.design.urls")),
    ),
]
if settings.DEMO:
    urlpatterns += i18n_patterns(path("demo/", include("guichet.demo.urls")))
if settings.AUTHOR_FOLDER:
    urlpatterns += i18n_patterns(path("auteur/", include("guichet.author.urls")))

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
