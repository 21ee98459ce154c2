"""The addresses of this app."""

from django.urls import path

from luotsi.web.queues.views import resident, staff

urlpatterns = [
    path("work/", staff.items, name="work_items"),
    path("work/next/", staff.take_next, name="take_next"),
    path("queues/", staff.lengths, name="queue_lengths"),
    path("work/<uuid:item>/", staff.item, name="work_item"),
    path("work/<uuid:item>/take/", staff.take, name="take_item"),
    path("work/<uuid:item>/hand-over/", staff.hand_over, name="hand_over_item"),
    path("work/<uuid:item>/return/", staff.return_item, name="return_item"),
    path("work/<uuid:item>/resolve/", staff.resolve, name="resolve_item"),
    path("work/<uuid:item>/cancel/", staff.cancel, name="cancel_item"),
    path("work/<uuid:item>/comment/", staff.comment, name="comment_item"),
    path("work/<uuid:item>/mark/", staff.mark, name="mark_item"),
    path("matters/", resident.own_matters, name="own_matters"),
]
