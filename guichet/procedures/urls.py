from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, include, path

from guichet.procedures.views import (
    enclosed,
    filling,
    moving,
    offered,
    papers,
    sending,
    visiting,
)

app_name = "procedures"

View = Callable[..., Any]


def _filling(prefix: str, of: Callable[[View], View], **given: str) -> list[URLPattern]:
    """The pages of drafts and of what was sent, in a space or in a visit: `of` says who may enter."""
    drafts, sent = f"{prefix}brouillons/<uuid:draft_id>/", f"{prefix}envoyees/<str:reference>/"
    pages: list[tuple[str, View]] = [
        (drafts, filling.fill),
        (drafts + "etapes/<slug:code>/", filling.page),
        (drafts + "etapes/<slug:code>/<str:rows>/<str:key>/", filling.row),
        (drafts + "reponses-doubles/", filling.disputed),
        (drafts + "pieces/<str:path>/", papers.papers),
        (drafts + "pieces/<str:path>/ensemble/", papers.put_together),
        (drafts + "pieces/<str:path>/envois/", papers.uploads),
        (drafts + "envois/<uuid:upload_id>/", papers.upload),
        (drafts + "fichiers/<uuid:attachment_id>/", papers.paper),
        (drafts + "registres/", filling.ask_registers),
        (drafts + "supprimer/", filling.discard),
        (drafts + "nouvelle-version/", moving.move),
        (drafts + "verifier/", sending.check),
        (drafts + "reprendre/", sending.take_back),
        (sent, sending.sent),
        (sent + "fichiers/<uuid:attachment_id>/", sending.sent_paper),
        (sent + "preuve.json", sending.proof),
        (sent + "<slug:kind>.pdf", sending.made),
    ]
    return [path(place, of(view), given, name=view.__name__) for place, view in pages]


def _signed_on(view: View) -> View:
    """Closed, as every page is that nothing else is said of."""
    return view


_SPACE = "espaces/<space:identifier>/"
_visit = [
    path("", visiting.home, name="home"),
    path("terminer/", visiting.end, name="end"),
    *_filling("", visiting.in_visit, identifier=""),
]
urlpatterns = [
    path("demarches/", offered.all_procedures, name="catalogue"),
    path("demarches/theme/<slug:theme>/", offered.theme, name="theme"),
    path("demarches/<slug:code>/", offered.procedure, name="procedure"),
    path("demarches/<slug:code>/espace/", offered.where, name="where"),
    path(
        "demarches/<slug:code>/fichiers/<str:digest>/<str:name>", enclosed.enclosed, name="enclosed"
    ),
    path("demarches/<slug:code>/sans-connexion/", visiting.start, name="start"),
    path("suivi/", visiting.follow, name="follow"),
    path("suivi/<uuid:visit_id>/", visiting.code, name="code"),
    path("sans-connexion/", include((_visit, "visit"))),
    path(_SPACE + "demarches/nouvelle/", offered.choose, name="choose"),
    path(_SPACE + "demarches/nouvelle/<slug:code>/", offered.begin, name="begin"),
    path(_SPACE + "demarches/favoris/<slug:code>/", offered.favour, name="favour"),
    *_filling(_SPACE + "demarches/", _signed_on),
    path(_SPACE + "signatures/<uuid:signature_id>/", sending.co_sign, name="co_sign"),
    path(
        _SPACE + "signatures/<uuid:signature_id>/fichiers/<uuid:attachment_id>/",
        sending.signers_paper,
        name="signers_paper",
    ),
    path(_SPACE + "signatures/<uuid:signature_id>/refuser/", sending.refuse, name="refuse"),
]
