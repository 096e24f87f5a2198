"""What the desk prints."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guichet.desk import pages
from guichet.desk.previews import Preview
from guichet.spaces.actions.moving import company_lines
from guichet.spaces.models import Merger


def merger_report(merger: Merger) -> str:
    """The page of a report, for `design.paper.pdf`: in the languages of who asked and consented."""
    people = [merger.asked_by, merger.consented_by]
    languages = dict.fromkeys(person.language for person in people if person is not None)
    parts = []
    for language in languages:
        with translation.override(language):
            parts.append((language, _part(merger, language)))
    first = next(iter(languages))
    with translation.override(first):
        page = {
            "parts": parts,
            "language": first,
            "title": _title(),
            "site_name": settings.SITE_NAME,
        }
        return render_to_string("desk/paper/merger_report.html", page)


def _part(merger: Merger, language: str) -> SafeString:
    preview, outcome = Preview.read(merger.preview), merger.outcome
    names = pages.Names(outcome["absorbed_name"], outcome["kept_name"])
    context = {
        "language": language,
        "title": _title(),
        "merger": merger,
        "demo": settings.DEMO,
        "names": names,
        "moves": pages.move_rows(preview, outcome["moved"]),
        "roles": pages.role_rows(preview),
        "fates": pages.fate_rows(preview, names),
        "company": company_lines(outcome["company"]),
    }
    return render_to_string("desk/paper/merger_report_part.html", context)


def _title() -> str:
    return _("Report: two business eSpaces have been merged")
