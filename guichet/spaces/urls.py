from django.urls import path

from guichet.spaces.views import asking, members, opening, own

app_name = "spaces"
urlpatterns = [
    path("espaces/prive/creer/", opening.create_private, name="create_private"),
    path("espaces/pro/creer/nom/", opening.start, name="start"),
    path("espaces/pro/creer/<uuid:draft_id>/", opening.resume, name="resume"),
    path("espaces/pro/creer/<uuid:draft_id>/nom/", opening.name, name="name"),
    path("espaces/pro/creer/<uuid:draft_id>/entreprise/", opening.company, name="company"),
    path(
        "espaces/pro/creer/<uuid:draft_id>/entreprise/saisie/",
        opening.type_company,
        name="type_company",
    ),
    path(
        "espaces/pro/creer/<uuid:draft_id>/entreprise/registre/",
        opening.complete_company,
        name="complete_company",
    ),
    path("espaces/pro/creer/<uuid:draft_id>/utilisateur/", opening.user, name="user"),
    path("espaces/pro/creer/<uuid:draft_id>/termine/", opening.finished, name="finished"),
    path("espaces/pro/creer/<uuid:draft_id>/supprimer/", opening.discard, name="discard"),
    path("espaces/<space:identifier>/donnees/", own.data, name="data"),
    path(
        "espaces/<space:identifier>/donnees/entreprise/",
        own.change_company,
        name="change_company",
    ),
    path("espaces/<space:identifier>/espace/", own.profile, name="profile"),
    path("espaces/<space:identifier>/espace/modifier/", own.change_space, name="change_space"),
    path("espaces/<space:identifier>/espace/adresse/", own.change_address, name="change_address"),
    # Users and their rights
    path("espaces/<space:identifier>/espace/droits/", members.rights, name="rights"),
    path("espaces/<space:identifier>/espace/demander/", asking.ask, name="ask"),
    path("espaces/<space:identifier>/espace/quitter/", members.leave, name="leave"),
    path("espaces/<space:identifier>/espace/utilisateurs/", members.users, name="users"),
    path(
        "espaces/<space:identifier>/espace/utilisateurs/<uuid:membership_id>/",
        members.user,
        name="member",
    ),
    path(
        "espaces/<space:identifier>/espace/utilisateurs/<uuid:membership_id>/retirer/",
        members.remove,
        name="remove_user",
    ),
    path(
        "espaces/<space:identifier>/espace/utilisateurs/demandes/<uuid:request_id>/",
        asking.request_for_role,
        name="request",
    ),
    path(
        "espaces/<space:identifier>/espace/utilisateurs/demandes/<uuid:request_id>/refuser/",
        asking.decline,
        name="decline",
    ),
    path("espaces/rejoindre/", asking.join, name="join"),
    path("espaces/demandes/<uuid:request_id>/retirer/", asking.withdraw, name="withdraw"),
]
