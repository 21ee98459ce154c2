"""Every address, by app."""

from django.urls import include, path

urlpatterns = [
    path("", include("luotsi.web.desk.urls")),
    path("", include("luotsi.web.people.urls")),
    path("", include("luotsi.web.ui.urls")),
]
