from django.urls import path

from guichet.author import views

app_name = "author"
urlpatterns = [
    path("", views.door, name="door"),
    path("bandeau/", views.strip, name="strip"),
]
