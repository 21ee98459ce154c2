"""The addresses of this app."""

from django.urls import path

from luotsi.web.ui import views

urlpatterns = [
    path("ui/", views.living_page, name="ui"),
    path("theme/", views.theme, name="theme"),
]
