"""Files of published versions: pictures, films, forms to take along. Everybody may have them."""

from django.http import Http404, HttpRequest, HttpResponseBase

from guichet.access import open_to_all
from guichet.files import serving
from guichet.procedures.models import EnclosedFile


@open_to_all
def enclosed(request: HttpRequest, code: str, digest: str, name: str) -> HttpResponseBase:
    """A file under its digest: behind this address there will never be other bytes."""
    if not f"{digest}{name}".isprintable():
        raise Http404
    rows = EnclosedFile.objects.select_related("file")
    found = rows.filter(version__procedure=code, name=name, file__digest=digest).first()
    if found is None:
        raise Http404
    return serving.published(found.file, asked=request.headers.get("Range", ""))
