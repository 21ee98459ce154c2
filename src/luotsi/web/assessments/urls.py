"""The addresses of this app."""

from django.urls import path

from luotsi.web.assessments.views import resident, staff

urlpatterns = [
    path("forms/", resident.forms, name="forms"),
    path("forms/<slug:form>/", resident.form, name="form"),
    path("answers/<uuid:response>/", resident.answer, name="answer"),
    path("answers/<uuid:response>/stopped/", resident.stopped, name="stopped"),
    path("answers/<uuid:response>/result/", resident.result, name="result"),
    path("answers/<uuid:response>/send/", resident.send, name="send"),
    path("answers/<uuid:response>/correct/", resident.correct, name="correct"),
    path("answers/<uuid:response>/print/", resident.on_paper, name="on_paper"),
    path("persons/<uuid:person>/forms/", staff.client_forms, name="client_forms"),
    path("persons/<uuid:person>/forms/<slug:form>/", staff.begin_for, name="begin_for"),
    path("persons/<uuid:person>/answers/<uuid:response>/", staff.client_answers, name="client_answers"),
    path("persons/<uuid:person>/answers/<uuid:response>/fill/", staff.fill_for, name="fill_for"),
    path("persons/<uuid:person>/answers/<uuid:response>/correct/", staff.correct_for, name="correct_for"),
    path("persons/<uuid:person>/answers/<uuid:response>/plan/", staff.agree_plan, name="agree_plan"),
    path("persons/<uuid:person>/answers/<uuid:response>/mark/", staff.mark, name="mark_answers"),
    path("persons/<uuid:person>/answers/<uuid:response>/override/<slug:score>/", staff.override, name="override"),
]
