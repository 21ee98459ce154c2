"""What a WSGI server runs."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luotsi.web.project.settings")
application = get_wsgi_application()

from luotsi.web.assessments import published  # noqa: E402
from luotsi.web.services import searching  # noqa: E402

# What a process reads once in its life is read before it answers anyone: else the first to come wait for seconds
_ = get_resolver().url_patterns, published.county(), searching.known()
# It stays for good, so let no collection of garbage go through it again
gc.collect()
gc.freeze()
