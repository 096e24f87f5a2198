"""The electronic seal on documents (Regulation (EU) 910/2014, article 3(25)): PAdES-B-B.

ETSI EN 319 142-1, level B-B: a CMS signature over the whole document, with the certificate and the
time of signing inside. The document becomes certified: whoever changes it afterwards breaks the seal.
A time stamp (RFC 3161) can follow; such an addition does not break it.
"""

from functools import cache
from io import BytesIO
from typing import Any

from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import Certificate
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from guichet import clock

FIELD = "Portal"


def affix(pdf: bytes, *, reason: str) -> bytes:
    """The document with the portal's electronic seal.

    Written behind what was there, to the byte: tags, language and attachments stay. The field of the
    seal is hidden, because PDF/UA-1 (ISO 14289-1, 7.18.1) asks of every other one to be tagged.
    `reason` is a sentence in the language of the document.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    hidden = fields.InvisSigSettings(set_print_flag=False, set_hidden_flag=True)
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=reason,
        name=settings.SITE_NAME,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        # A certificate for electronic seals may say either of the two.
        signer_key_usage={"non_repudiation", "digital_signature"},
    )
    signer = _at_our_time(signers.PdfSigner)(
        metadata,
        _signer(*settings.ESEAL),
        new_field_spec=fields.SigFieldSpec(FIELD, invis_sig_settings=hidden),
    )
    sealed: BytesIO = signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)))
    return sealed.getvalue()


def certificate() -> Certificate:
    """The certificate that stands in every seal."""
    found = pkcs12.load_pkcs12(*settings.ESEAL).cert
    if found is None:  # pragma: no cover - settings were not read without one
        raise ImproperlyConfigured("GUICHET_ESEAL holds no certificate.")
    return found.certificate


@cache
def _signer(content: bytes, password: bytes | None) -> Any:
    from pyhanko.sign.signers import SimpleSigner

    return SimpleSigner.load_pkcs12_data(content, other_certs=[], passphrase=password)


def _at_our_time(kind: Any) -> Any:
    """A signer whose time is the portal's, which a demonstration moves."""

    class AtOurTime(kind):  # type: ignore[misc]
        def init_signing_session(self, *arguments: Any, **more: Any) -> Any:
            session = super().init_signing_session(*arguments, **more)
            session.system_time = clock.now()
            return session

    return AtOurTime
