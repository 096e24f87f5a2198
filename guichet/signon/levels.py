"""How sure we are of who it is: the three levels of Regulation (EU) 910/2014, article 8."""

from django.db import models


class Level(models.IntegerChoices):
    """Comparable: `session.level >= Level.SUBSTANTIAL`."""

    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3
