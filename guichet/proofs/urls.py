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
]
