"""The verifier as one page in one file: script, words and public keys inside, nothing loaded."""

import hashlib
import json
from base64 import b64encode
from functools import cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from guichet.proofs import signing

_SCRIPT = Path(__file__).parent / "static" / "proofs" / "verifier.js"


def page(language: str) -> str:
    """The page, to be saved and opened from a disk. Its policy lets run its own script only.

    One script for this page and for those of the portal: no copy that could differ.
    """
    script = _script()
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    with translation.override(language):
        return render_to_string(
            "proofs/paper/verifier.html",
            {
                "language": language,
                "keys": json.dumps(signing.jwks()),
                "key_ids": list(signing.public_keys()),
                "script": SafeString(script),
                "script_digest": SafeString(digest),
                "site_name": settings.SITE_NAME,
                "site_url": settings.SITE_URL,
            },
        )


@cache
def _script() -> str:
    script = _SCRIPT.read_text(encoding="utf-8")
    if "</script" in script or "<!--" in script:  # would end inside the page
        raise ValueError(f"{_SCRIPT.name} cannot stand inside a page")
    return script
