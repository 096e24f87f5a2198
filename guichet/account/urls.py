from django.urls import path

from guichet.account.views import (
    closing,
    data,
    email,
    journal,
    language,
    letters,
    notifications,
    overview,
    products,
    sessions,
)

app_name = "account"
urlpatterns = [
    path("compte/", overview.overview, name="overview"),
    path("compte/moyens-de-connexion/", products.products, name="products"),
    path("compte/moyens-de-connexion/ajouter/", products.add, name="add_product"),
    path(
        "compte/moyens-de-connexion/ajouter/confirmer/",
        products.confirm,
        name="confirm_product",
    ),
    path(
        "compte/moyens-de-connexion/<uuid:credential_id>/nom/",
        products.name,
        name="name_product",
    ),
    path(
        "compte/moyens-de-connexion/<uuid:credential_id>/retirer/",
        products.remove,
        name="remove_product",
    ),
    path(
        "compte/moyens-de-connexion/<uuid:credential_id>/reprendre/",
        products.bring_back,
        name="bring_back_product",
    ),
    path("compte/e-mail/", email.email, name="email"),
    path("compte/e-mail/renvoyer/", email.resend, name="resend_email"),
    path("compte/e-mail/annuler/", email.cancel, name="cancel_email"),
    path("compte/e-mail/confirmer/<str:code>/", email.confirm, name="confirm_email"),
    path("compte/e-mail/retours/", email.unreachable, name="unreachable"),
    path("compte/e-mail/lu/<str:token>/", email.confirm_address, name="confirm_address"),
    path("compte/journal/", journal.journal, name="journal"),
    path("compte/notifications/", notifications.spaces, name="notifications"),
    path(
        "compte/notifications/<space:identifier>/",
        notifications.choose,
        name="choose_notifications",
    ),
    path("compte/donnees/", data.data, name="data"),
    path("compte/donnees/compte.zip", data.export, name="export"),
    path("compte/courriers/", letters.letters, name="letters"),
    path("compte/langue/", language.language, name="language"),
    path("compte/fermer/", closing.close, name="close"),
    path("compte/fermer/revenir/", closing.come_back, name="come_back"),
    path("compte/sessions/", sessions.sessions, name="sessions"),
    path("compte/sessions/<uuid:session_id>/terminer/", sessions.end, name="end_session"),
    path("compte/sessions/terminer/", sessions.end_others, name="end_other_sessions"),
]
