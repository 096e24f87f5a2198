"""What procedures and services are about. A membership may be limited to some of these."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Theme(models.TextChoices):
    """The themes of the catalogue for businesses and for citizens."""

    TAXES = "taxes", _("Taxes and duties")
    STAFF = "staff", _("Staff and social security")
    PERMITS = "permits", _("Permits and licences")
    AIDS = "aids", _("Financial aid")
    ENVIRONMENT = "environment", _("Environment")
    PREMISES = "premises", _("Premises and construction")
    TRANSPORT = "transport", _("Vehicles and transport")
    FAMILY = "family", _("Family and education")
    PAPERS = "papers", _("Certificates and official papers")
