from django.urls import URLPattern

app_name = "signon"
urlpatterns: list[URLPattern] = []
