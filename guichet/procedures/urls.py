from django.urls import path

from guichet.procedures.views import enclosed, filling, moving, offered, papers, sending

app_name = "procedures"
_DRAFT = "espaces/<space:identifier>/demarches/brouillons/<uuid:draft_id>/"
urlpatterns = [
    path("demarches/", offered.all_procedures, name="catalogue"),
    path("demarches/theme/<slug:theme>/", offered.theme, name="theme"),
    path("demarches/<slug:code>/", offered.procedure, name="procedure"),
    path("demarches/<slug:code>/espace/", offered.where, name="where"),
    path(
        "demarches/<slug:code>/fichiers/<str:digest>/<str:name>", enclosed.enclosed, name="enclosed"
    ),
    path("espaces/<space:identifier>/demarches/nouvelle/", offered.choose, name="choose"),
    path("espaces/<space:identifier>/demarches/nouvelle/<slug:code>/", offered.begin, name="begin"),
    path(
        "espaces/<space:identifier>/demarches/favoris/<slug:code>/", offered.favour, name="favour"
    ),
    path(_DRAFT, filling.fill, name="fill"),
    path(_DRAFT + "etapes/<slug:code>/", filling.page, name="page"),
    path(_DRAFT + "etapes/<slug:code>/<str:rows>/<str:key>/", filling.row, name="row"),
    path(_DRAFT + "reponses-doubles/", filling.disputed, name="disputed"),
    path(_DRAFT + "pieces/<str:path>/", papers.papers, name="papers"),
    path(_DRAFT + "pieces/<str:path>/ensemble/", papers.put_together, name="put_together"),
    path(_DRAFT + "pieces/<str:path>/envois/", papers.uploads, name="uploads"),
    path(_DRAFT + "envois/<uuid:upload_id>/", papers.upload, name="upload"),
    path(_DRAFT + "fichiers/<uuid:attachment_id>/", papers.paper, name="paper"),
    path(_DRAFT + "registres/", filling.ask_registers, name="ask_registers"),
    path(_DRAFT + "supprimer/", filling.discard, name="discard"),
    path(_DRAFT + "nouvelle-version/", moving.move, name="move"),
    path(_DRAFT + "verifier/", sending.check, name="check"),
    path(_DRAFT + "reprendre/", sending.take_back, name="take_back"),
    path(
        "espaces/<space:identifier>/signatures/<uuid:signature_id>/",
        sending.co_sign,
        name="co_sign",
    ),
    path(
        "espaces/<space:identifier>/signatures/<uuid:signature_id>/fichiers/<uuid:attachment_id>/",
        sending.signers_paper,
        name="signers_paper",
    ),
    path(
        "espaces/<space:identifier>/signatures/<uuid:signature_id>/refuser/",
        sending.refuse,
        name="refuse",
    ),
    path(
        "espaces/<space:identifier>/demarches/envoyees/<str:reference>/",
        sending.sent,
        name="sent",
    ),
    path(
        "espaces/<space:identifier>/demarches/envoyees/<str:reference>/fichiers/<uuid:attachment_id>/",
        sending.sent_paper,
        name="sent_paper",
    ),
    path(
        "espaces/<space:identifier>/demarches/envoyees/<str:reference>/preuve.json",
        sending.proof,
        name="proof",
    ),
    path(
        "espaces/<space:identifier>/demarches/envoyees/<str:reference>/<slug:kind>.pdf",
        sending.made,
        name="made",
    ),
]
