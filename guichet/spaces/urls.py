from django.urls import path

from guichet.spaces import views

app_name = "spaces"
urlpatterns = [
    path("espaces/prive/creer/", views.create_private, name="create_private"),
    path("espaces/pro/creer/nom/", views.start, name="start"),
    path("espaces/pro/creer/<uuid:draft_id>/", views.resume, name="resume"),
    path("espaces/pro/creer/<uuid:draft_id>/nom/", views.name, name="name"),
    path("espaces/pro/creer/<uuid:draft_id>/entreprise/", views.company, name="company"),
    path(
        "espaces/pro/creer/<uuid:draft_id>/entreprise/saisie/",
        views.type_company,
        name="type_company",
    ),
    path(
        "espaces/pro/creer/<uuid:draft_id>/entreprise/registre/",
        views.complete_company,
        name="complete_company",
    ),
    path("espaces/pro/creer/<uuid:draft_id>/utilisateur/", views.user, name="user"),
    path("espaces/pro/creer/<uuid:draft_id>/termine/", views.finished, name="finished"),
    path("espaces/pro/creer/<uuid:draft_id>/supprimer/", views.discard, name="discard"),
    path("espaces/<space:identifier>/donnees/", views.data, name="data"),
    path(
        "espaces/<space:identifier>/donnees/entreprise/",
        views.change_company,
        name="change_company",
    ),
    path("espaces/<space:identifier>/espace/", views.profile, name="profile"),
    path("espaces/<space:identifier>/espace/modifier/", views.change_space, name="change_space"),
    path("espaces/<space:identifier>/espace/adresse/", views.change_address, name="change_address"),
]
