from django.urls import path

from guichet.design import views

app_name = "design"
urlpatterns = [
    path("affichage/", views.display, name="display"),
    path("design/", views.gallery, name="gallery"),
]
