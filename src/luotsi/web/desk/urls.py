"""The addresses of this app."""

from django.urls import URLPattern, path

from luotsi.web.desk.views import boards, comparing, data, exports, following, home, measures, noting

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("boards/<slug:board>/", boards.board, name="board"),
    path("boards/<slug:board>/meeting/", boards.meeting, name="meeting"),
    path("measures/", measures.catalogue, name="measures"),
    path("measures/<slug:measure>/", measures.measure, name="measure"),
    path("compare/", comparing.compare, name="compare"),
    path("boards/<slug:board>/export.<slug:form>", exports.board, name="export_board"),
    path("measures/<slug:measure>/export.<slug:form>", exports.measure, name="export_measure"),
    path("compare/export.<slug:form>", exports.comparison, name="export_comparison"),
    path("notes/", noting.notes, name="notes"),
    path("notes/new/", noting.new, name="new_note"),
    path("notes/<uuid:note>/remove/", noting.remove, name="remove_note"),
    path("following/", following.following, name="following"),
    path("following/new/", following.follow, name="follow"),
    path("following/letters/", following.choose_letters, name="choose_letters"),
    path("following/<int:pk>/end/", following.unfollow, name="unfollow"),
    path("letters/stop/<str:token>/", following.stop_letters, name="stop_letters"),
    path("data/", data.data, name="data"),
    path("data/release/", data.show_release, name="show_release"),
]
