from django.urls import path

from guichet.spaces.views import appointing, authority, certification, known, opening, own

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
    path(
        "espaces/<space:identifier>/espace/certifications/",
        certification.overview,
        name="certifications",
    ),
    path(
        "espaces/<space:identifier>/espace/certifications/code/",
        certification.enter_code,
        name="enter_code",
    ),
    path(
        "espaces/<space:identifier>/espace/certifications/<uuid:certification_id>/renoncer/",
        certification.give_up,
        name="give_up_certification",
    ),
    path(
        "espaces/<space:identifier>/espace/certifications/<slug:service>/",
        certification.service,
        name="certification",
    ),
    path(
        "espaces/<space:identifier>/espace/certifications/<slug:service>/mandataires/",
        certification.agents,
        name="holders_agents",
    ),
    path(
        "espaces/<space:identifier>/espace/certifications/<slug:service>/mandataires/code/",
        certification.make_agent_code,
        name="make_agent_code",
    ),
    path(
        "espaces/<space:identifier>/espace/certifications/<slug:service>/mandataires/code/"
        "<uuid:code_id>/revoquer/",
        certification.revoke_agent_code,
        name="revoke_agent_code",
    ),
    path(
        "espaces/<space:identifier>/espace/certifications/<slug:service>/mandataires/"
        "<uuid:certification_id>/revoquer/",
        certification.revoke_agent,
        name="revoke_agent",
    ),
    path("espaces/<space:identifier>/donnees/registre/", known.read_register, name="read_register"),
    path(
        "espaces/<space:identifier>/donnees/contester/<slug:field>/",
        known.contest,
        name="contest",
    ),
    path(
        "espaces/<space:identifier>/donnees/contester/<slug:field>/retirer/",
        known.withdraw_contest,
        name="withdraw_contest",
    ),
    path("agents/contestations/", known.contests, name="contests"),
    path("agents/contestations/<uuid:contest_id>/", known.contested, name="contested"),
    path("agents/codes/", authority.codes, name="codes"),
    path("agents/codes/creer/", authority.make_code, name="make_code"),
    path("agents/codes/<uuid:code_id>/revoquer/", authority.revoke_code, name="revoke_code"),
    path("agents/certifications/", authority.granted, name="granted"),
    path(
        "agents/certifications/<uuid:certification_id>/revoquer/",
        authority.revoke_certification,
        name="revoke_certification",
    ),
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
