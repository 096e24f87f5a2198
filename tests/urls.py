"""The portal's addresses, with the demonstration's: once, whichever test asks first."""

from django.conf.urls.i18n import i18n_patterns
from django.test import override_settings
from django.urls import include, path

with override_settings(DEMO=False):
    from guichet.config.urls import handler400, handler403, handler404, handler500
    from guichet.config.urls import urlpatterns as portal

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*portal, *i18n_patterns(path("demo/", include("guichet.demo.urls")))]
