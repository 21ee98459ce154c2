"""The addresses of this app."""

from django.urls import URLPattern, path

from luotsi.web.feedback.views import cases, giving, places, published, staff

urlpatterns: list[URLPattern] = [
    path("feedback/", giving.front, name="feedback"),
    path("feedback/thanks/<uuid:answer>/", giving.thanks, name="feedback_thanks"),
    path("feedback/at/<slug:code>/", giving.at, name="feedback_at"),
    path("feedback/at/<slug:code>/screen/", giving.screen, name="feedback_screen"),
    path("feedback/at/<slug:code>/screen/thanks/", giving.screen_thanks, name="feedback_screen_thanks"),
    path("feedback/link/<str:secret>/", giving.link, name="feedback_link"),
    path("feedback/results/", published.results, name="feedback_results"),
    path("feedback/results/service/<str:service>/", published.of_service, name="feedback_results_of_service"),
    path("feedback/results/<str:unit>/", published.of_unit, name="feedback_results_of"),
    path("feedback/answers/", staff.answers, name="feedback_answers"),
    path("feedback/answers/<uuid:answer>/", staff.answer, name="feedback_answer"),
    path("feedback/cases/", cases.cases, name="feedback_cases"),
    path("feedback/cases/<int:pk>/", cases.case, name="feedback_case"),
    path("feedback/cases/<int:pk>/take/", cases.take, name="take_feedback_case"),
    path("feedback/places/", places.places, name="feedback_places"),
    path("feedback/places/<slug:code>/poster/", places.poster, name="feedback_poster"),
    path("feedback/places/<slug:code>/close/", places.close, name="close_feedback_place"),
    path("feedback/invite/", places.invite, name="feedback_invite"),
    path("feedback/told/", published.deeds, name="feedback_deeds"),
    path("feedback/told/<int:pk>/remove/", published.remove, name="remove_feedback_deed"),
]
