"""Where to go after sign-on: a page of this site, or nowhere in particular."""

from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

_LENGTH_MAX = 500


def inside(address: str | None) -> str:
    """`address` when it is the path of a page of ours, with its query; else "".

    No other host, no scheme, no doubled slash, and not sign-on itself, which leads nowhere.
    """
    if not address or len(address) > _LENGTH_MAX or not address.isprintable():
        return ""
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        return ""
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return ""
    return address if _is_a_page(address.partition("?")[0].partition("#")[0]) else ""


def _is_a_page(path: str) -> bool:
    # A language's addresses resolve in that language only.
    language = translation.get_language_from_path(path) or translation.get_language() or "fr"
    with translation.override(language):
        try:
            return resolve(path).namespace != "signon"
        except Resolver404:
            return False
