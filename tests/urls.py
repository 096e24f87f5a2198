"""The portal's addresses, with the demonstration's."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from guichet.config.urls import handler400, handler403, handler404, handler500
from guichet.config.urls import urlpatterns as portal

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*portal, *i18n_patterns(path("demo/", include("guichet.demo.urls")))]
