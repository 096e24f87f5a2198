"""Making papers of papers: photos become one PDF, copies are marked for their purpose.

Pictures are encoded anew, without what a camera wrote beside them: no place, no time, no owner.
A PDF keeps what it says of itself. Strangers' bytes are opened in a process of its own, see `apart`.
"""

from collections.abc import Sequence

from guichet.files import actions, apart, disk
from guichet.files.looking import unreadable
from guichet.files.models import File

PHOTOS_MAX = 20
_WORDS_LENGTH_MAX = 120


def photos_to_pdf(photos: Sequence[File]) -> bytes:
    """One A4 page for each photo (JPEG or PNG), in order, upright as it was taken.

    Raises `Refused` (`unreadable`) when one cannot be opened, `ValueError` for none or for more
    than `PHOTOS_MAX`.
    """
    if not 0 < len(photos) <= PHOTOS_MAX:
        raise ValueError(f"{len(photos)} photos")
    return _made("photos_to_pdf", *(_place(photo) for photo in photos))


def watermarked(file: File, words: str) -> bytes:
    """The paper with `words` across each page or picture, readable and hiding nothing.

    `words` say what the copy is for: "Prime vélo – 25.11.2026 – copie pour l’administration".
    The media type stays. Raises `Refused` (`unreadable`), and `ValueError` for no words and for
    what is neither a PDF nor an image.
    """
    job = {
        "application/pdf": "watermark_pdf",
        "image/jpeg": "watermark_image",
        "image/png": "watermark_image",
    }.get(file.media_type)
    if job is None:
        raise ValueError(file.media_type)
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
    if not line:
        raise ValueError("no words")
    return _made(job, _place(file), words=line[:_WORDS_LENGTH_MAX])


def _place(file: File) -> str:
    actions.open_file(file).close()  # raises `Damaged` when it is not there
    return str(disk.place_of(file.digest))


def _made(job: str, *sources: str, words: str = "") -> bytes:
    """What a job of `opened.py` writes: to its first argument, from the others."""
    target, stream = disk.new_draft()
    stream.close()
    try:
        apart.run(job, str(target), *sources, *([words] if words else []))
        return target.read_bytes()
    except apart.Failed as fault:
        raise unreadable() from fault
    finally:
        target.unlink(missing_ok=True)
