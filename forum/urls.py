"""Addresses of the forum. No title stands in an address: it would end in history and logs."""

from django.urls import path, re_path

from forum.views import mine, moderating, queue, queue_item, reading, reporting, writing

urlpatterns = [
    path("talk/", reading.talk, name="talk"),
    path("talk/guidelines/", reading.guidelines, name="guidelines"),
    path("talk/mine/", mine.my_posts, name="my_posts"),
    path("talk/b/<slug:slug>/", reading.board, name="board"),
    path("talk/b/<slug:slug>/new/", writing.new_topic, name="new_topic"),
    path("talk/t/<str:public_id>/", reading.topic, name="topic"),
    path("talk/t/<str:public_id>/reply/", writing.reply, name="reply"),
    path("talk/p/<str:public_id>/", reading.post, name="post"),
    path("talk/p/<str:public_id>/edit/", writing.edit, name="edit_post"),
    path("talk/p/<str:public_id>/withdraw/", mine.withdraw, name="withdraw_post"),
    path("talk/p/<str:public_id>/report/", reporting.report, name="report_post"),
    path("talk/p/<str:public_id>/hide/", moderating.hide, name="hide_post"),
    path("talk/p/<str:public_id>/remove/", moderating.remove, name="remove_post"),
    path("talk/p/<str:public_id>/restore/", moderating.restore, name="restore_post"),
    path("talk/p/<str:public_id>/amend/", moderating.amend, name="amend_post"),
    path("queue/", queue.queue, name="queue"),
    path("queue/next/", queue.take_next, name="queue_next"),
    path("queue/<int:pk>/", queue_item.item, name="queue_item"),
    path("queue/<int:pk>/take/", queue_item.take, name="queue_take"),
    path("queue/<int:pk>/pass/", queue_item.give_back, name="queue_pass"),
    # A visitor gets the same sign-in page at every members' address, real or made up.
    re_path(r"^(?:talk|queue)/.+$", reading.nothing_here, name="nothing_here"),
]
