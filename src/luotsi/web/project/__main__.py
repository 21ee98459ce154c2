"""Management: `python -m luotsi.web.project migrate` and every other command of Django."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luotsi.web.project.settings")
    execute_from_command_line(["luotsi.web.project", *sys.argv[1:]])
