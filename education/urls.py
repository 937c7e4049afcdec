"""Addresses of this room (contract: Addresses)."""

from django.urls import path

from education.views import about, help, reading

urlpatterns = [
    path("", reading.home, name="home"),
    path("learn/", reading.learn, name="learn"),
    path("learn/forget/", reading.forget, name="forget_reading"),
    path("learn/<slug:course>/", reading.course, name="course"),
    path("learn/<slug:course>/<slug:lesson>/", reading.lesson, name="lesson"),
    path("learn/<slug:course>/<slug:lesson>/keep/", reading.keep, name="lesson_keep"),
    path("glossary/", about.glossary, name="glossary"),
    path("help/", help.help_now, name="help"),
    path("help/now/", help.help_now, name="help_now"),
    path("about/", about.about, name="about"),
    path("about/reviewers/", about.reviewers, name="reviewers"),
    path("about/how-we-write/", about.how_we_write, name="how_we_write"),
]
