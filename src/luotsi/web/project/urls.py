"""Every address, by app."""

from django.urls import include, path

urlpatterns = [
    path("", include("luotsi.web.desk.urls")),
    path("", include("luotsi.web.referrals.urls")),
    path("", include("luotsi.web.feedback.urls")),
    path("", include("luotsi.web.assessments.urls")),
    path("", include("luotsi.web.queues.urls")),
    path("", include("luotsi.web.services.urls")),
    path("", include("luotsi.web.people.urls")),
    path("", include("luotsi.web.ui.urls")),
]

handler400 = "luotsi.web.ui.errors.bad_request"
handler403 = "luotsi.web.ui.errors.forbidden"
handler404 = "luotsi.web.ui.errors.not_found"
handler500 = "luotsi.web.ui.errors.broken"
