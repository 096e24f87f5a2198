from django.urls import path

from guichet.registration import views
from guichet.registration.models import Document

app_name = "registration"
urlpatterns = [
    path("enregistrement/", views.start, name="start"),
    path("enregistrement/e-mail-envoye/", views.mail_sent, name="mail_sent"),
    path("enregistrement/e-mail-envoye/corriger/", views.correct_email, name="correct_email"),
    path("enregistrement/confirmer/", views.confirm_typed, name="confirm_typed"),
    path("enregistrement/confirmer/<str:code>/", views.confirm, name="confirm"),
    path("enregistrement/confirmer/<str:code>/renouveler/", views.renew_link, name="renew_link"),
    path("enregistrement/e-mail-confirme/", views.confirmed, name="confirmed"),
    path("enregistrement/code/", views.type_code, name="type_code"),
    path("enregistrement/autre-outil/", views.other_product, name="other_product"),
    path("enregistrement/conditions/", views.conditions, name="conditions"),
    path("enregistrement/termine/", views.done, name="done"),
    path("enregistrement/abandonner/", views.give_up, name="give_up"),
    path("conditions/", views.terms_gate, name="terms"),
    path("conditions/texte/", views.terms_text, name="terms_text"),
    path(
        "conditions/cgu.pdf",
        views.terms_pdf,
        {"document": Document.PORTAL},
        name="terms_pdf",
    ),
    path(
        "enregistrement/conditions/conditions.pdf",
        views.terms_pdf,
        {"document": Document.ACCESS},
        name="conditions_pdf",
    ),
]
