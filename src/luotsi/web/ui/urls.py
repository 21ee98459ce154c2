"""The addresses of this app."""

from django.urls import path
from django.views.i18n import set_language

from luotsi.web.ui import views

urlpatterns = [
    path("ui/", views.living_page, name="ui"),
    path("theme/", views.theme, name="theme"),
    path("language/", set_language, name="set_language"),
]
