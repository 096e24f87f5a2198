from django.urls import path

from guichet.desk import agent_views, views
from guichet.desk.views import closing, merging

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("arrivee/", views.arrival, name="arrival"),
    path("espaces/", views.spaces, name="spaces"),
    path("espaces/corbeille/", closing.in_the_bin, name="bin"),
    path("espaces/supprimer/", closing.choose, name="delete_which"),
    path("espaces/<space:identifier>/supprimer/", closing.delete, name="delete"),
    path("espaces/<space:identifier>/retablir/", closing.bring_back, name="bring_back"),
    path("espaces/<space:identifier>/export.zip", closing.export, name="export"),
    path("espaces/fusionner/", merging.merge, name="merge"),
    path("espaces/fusionner/<uuid:merger_id>/", merging.merger, name="merger"),
    path("espaces/fusionner/<uuid:merger_id>/accepter/", merging.consent, name="merger_consent"),
    path("espaces/fusionner/<uuid:merger_id>/annuler/", merging.cancel, name="merger_cancel"),
    path("espaces/fusionner/<uuid:merger_id>/rapport/", merging.report, name="merger_report"),
    path(
        "espaces/fusionner/<space:absorbed>/<space:kept>/",
        merging.merge_preview,
        name="merge_preview",
    ),
    path(
        "espaces/fusionner/<space:absorbed>/<space:kept>/demander/",
        merging.merge_ask,
        name="merge_ask",
    ),
    path("espaces/<space:identifier>/", views.space, name="space"),
    path("espaces/<space:identifier>/communications/", views.communications, name="communications"),
    path("agents/", agent_views.home, name="agents"),
    path("agents/courriers/", agent_views.letters, name="returned_letters"),
]
