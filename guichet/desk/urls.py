from django.urls import path

from guichet.desk import agent_views, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("arrivee/", views.arrival, name="arrival"),
    path("espaces/", views.spaces, name="spaces"),
    path("espaces/<space:identifier>/", views.space, name="space"),
    path("espaces/<space:identifier>/communications/", views.communications, name="communications"),
    path("agents/", agent_views.home, name="agents"),
]
