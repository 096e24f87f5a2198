from django.urls import path

from guichet.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.home, name="home"),
    path("token/<slug:user_id>/", views.token, name="token"),
    path("mails/", views.mails, name="mails"),
    path("mails/<slug:key>/", views.mail, name="mail"),
    path("mails/<slug:key>/html/", views.mail_as_html, name="mail_as_html"),
    path("letters/", views.letters, name="letters"),
    path("letters/<uuid:dispatch_id>.pdf", views.letter, name="letter"),
    path("timestamps/", views.timestamps, name="timestamps"),
    path("clock/", views.world, name="clock"),
    path("clock/move/", views.move_clock, name="move_clock"),
    path("clock/registers/", views.switch_register, name="switch_register"),
]
