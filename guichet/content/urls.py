from django.urls import path

from guichet.content import views

app_name = "content"
urlpatterns = [
    path("aide/", views.help_centre, name="help"),
    path("contact/", views.contact_us, name="contact"),
    path("a-propos/", views.about, name="about"),
    path("aspects-legaux/", views.legal, name="legal"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("donnees-personnelles/", views.privacy, name="privacy"),
    path("plan-du-site/", views.site_map, name="site_map"),
    path("actualites/", views.news, name="news"),
    path("actualites/<slug:slug>/", views.article, name="article"),
    path("etat-des-services/", views.service_status, name="service_status"),
]
