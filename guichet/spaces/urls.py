from django.urls import path

from guichet.spaces.views import appointing, opening, own

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
    # The help desk's, for agents.
    path("agents/espaces/", appointing.find, name="help_desk_find"),
    path("agents/espaces/<space:identifier>/", appointing.space, name="help_desk_space"),
    path(
        "agents/espaces/<space:identifier>/nommer/",
        appointing.propose,
        name="help_desk_propose",
    ),
    path("agents/nominations/", appointing.appointments, name="appointments"),
    path("agents/nominations/<uuid:appointment_id>/", appointing.appointment, name="appointment"),
]
