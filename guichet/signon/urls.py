from django.urls import path

from guichet.signon import views

app_name = "signon"
urlpatterns = [
    path("connexion/", views.products, name="products"),
    path("connexion/token/", views.token, name="token"),
    path("connexion/token/code/", views.code, name="code"),
    path("connexion/token/image/", views.picture, name="picture"),
    path("connexion/token/heure/", views.resynchronise, name="resynchronise"),
    path("connexion/changer/", views.change_product, name="change_product"),
    path("connexion/echec/", views.refused, name="refused"),
    path("connexion/aide/", views.help, name="help"),
    path("connexion/prolonger/", views.extend, name="extend"),
    path("deconnexion/", views.sign_out, name="sign_out"),
    path("deconnecte/", views.signed_out, name="signed_out"),
]
