"""Addresses that machines look for at the root, without a language."""

from django.urls import path

from guichet.content import views

app_name = "root"
urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security, name="security"),
]
