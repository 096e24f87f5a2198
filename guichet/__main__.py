"""`python -m guichet …`: Django's command line, with the portal's settings."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["guichet", *sys.argv[1:]])
