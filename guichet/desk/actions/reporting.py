"""The report of a merger, on paper, for the members of the space that both have become."""

from uuid import UUID

from django.db import transaction

from guichet.design import paper
from guichet.desk import papers
from guichet.files import actions as files
from guichet.spaces.models import Merger


def print_report(merger_id: UUID) -> bool:
    """Make the PDF of a merger that is done and has none yet; False when there is one."""
    done = Merger.objects.exclude(done_at=None).filter(report=None)
    merger = done.select_related("asked_by", "consented_by").filter(pk=merger_id).first()
    if merger is None:
        return False
    content = paper.pdf(papers.merger_report(merger))
    name = f"fusion-{merger.absorbed_identifier}-{merger.kept_identifier}.pdf"
    with transaction.atomic():
        file = files.store(content, name=name, media_type="application/pdf")
        if done.filter(pk=merger_id).update(report=file):
            return True
        files.discard(file)  # two workers printed at the same instant
    return False


def report_of(merger: Merger) -> tuple[str, bytes] | None:
    """Name and content of the report, as soon as it is printed."""
    if merger.report is None:
        return None
    return merger.report.name, files.read(merger.report)
