"""The bare address of the portal, without a language."""

from django.urls import path

from guichet.desk import views

app_name = "entrance"
urlpatterns = [path("", views.entrance, name="entrance")]
