"""Where receipts are checked. Without a language: the addresses stand on paper and in QR codes."""

from django.urls import path

from guichet.proofs import views

app_name = "proofs"
urlpatterns = [
    path("verifier/", views.check, name="check"),
    path("verifier/cles.json", views.keys, name="keys"),
    path("verifier/cles.pem", views.keys_pem, name="keys_pem"),
    path("verifier/certificat.pem", views.certificate, name="certificate"),
    path("verifier/verifier.html", views.offline, name="offline"),
    path("verifier/<str:code>", views.receipt, name="receipt"),
    path("preuves/", views.published, name="published"),
    path("preuves/index.json", views.index, name="index"),
    path("preuves/autorite.pem", views.authority, name="authority"),
    path("preuves/<str:day>.json", views.day, name="day"),
    path("preuves/<str:day>.tst", views.token, name="token"),
]
