"""The addresses of this app."""

from django.urls import path

from luotsi.web.assessments.views import making, making_parts, resident, staff

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
    path("persons/<uuid:person>/answers/<uuid:response>/stop/", staff.stop_for, name="stop_for"),
    path("persons/<uuid:person>/answers/<uuid:response>/plan/", staff.agree_plan, name="agree_plan"),
    path("persons/<uuid:person>/answers/<uuid:response>/mark/", staff.mark, name="mark_answers"),
    path("persons/<uuid:person>/answers/<uuid:response>/override/<slug:score>/", staff.override, name="override"),
    path("form-making/", making.makers, name="makers"),
    path("form-making/<int:pk>/", making.made_form, name="made_form"),
    path("form-making/<int:pk>/head/", making.made_head, name="made_head"),
    path("form-making/<int:pk>/item/", making.made_item, name="made_item"),
    path("form-making/<int:pk>/items/", making.change_items, name="change_items"),
    path("form-making/<int:pk>/parts/", making_parts.change_parts, name="change_parts"),
    path("form-making/<int:pk>/scores/<slug:score>/", making_parts.made_score, name="made_score"),
    path("form-making/<int:pk>/outcomes/<slug:outcome>/", making_parts.made_outcome, name="made_outcome"),
    path("form-making/<int:pk>/examples/<slug:example>/", making_parts.made_example, name="made_example"),
    path("form-making/<int:pk>/raw/", making.made_raw, name="made_raw"),
    path("form-making/<int:pk>/try/", making.try_form, name="try_form"),
    path("form-making/<int:pk>/compare/", making.compare_form, name="compare_form"),
    path("form-making/<int:pk>/questionnaire.json", making.export_form, name="export_form"),
    path("form-making/<int:pk>/ask/", making.ask_approval, name="ask_approval"),
    path("form-making/<int:pk>/decide/", making.decide_form, name="decide_form"),
]
