"""Names of papers, as people typed them: shown again, never part of a path."""

import unicodedata

NAME_LENGTH_MAX = 200
_SUFFIX_LENGTH_MAX = 10
_TYPED_LENGTH_MAX = 20_000

# The suffixes under which programs expect what a media type says; the first is added.
SUFFIXES = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg", "jpe"),
    "image/png": ("png",),
    "text/plain": ("txt", "csv"),
}


def cleaned(name: str) -> str:
    """A name to show: the last part of a path, composed, on one line, without invisible signs.

    Marks that turn the direction of writing go too: with them, `exe.pdf` is how `fdp.exe` looks.
    """
    last = unicodedata.normalize("NFC", name[:_TYPED_LENGTH_MAX])
    last = last.replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = "".join(sign if _is_shown(sign) else " " for sign in last)
    words = " ".join(shown.split()).strip(". ")
    return _cut(words) or "document"


def fitting(name: str, media_type: str) -> str:
    """The name with a suffix that agrees with what the content is."""
    suffixes = SUFFIXES[media_type]
    if name.rpartition(".")[2].lower() in suffixes and "." in name:
        return name
    return f"{name[: NAME_LENGTH_MAX - _SUFFIX_LENGTH_MAX]}.{suffixes[0]}"


def kind(media_type: str) -> str:
    """What sort of file it is, in a word that people know: "PDF"; empty for any other type."""
    return SUFFIXES.get(media_type, ("",))[0].upper()


def _is_shown(sign: str) -> bool:
    # C: control, format (direction marks among them), surrogates, private use, unassigned.
    # Zl, Zp: separators of lines and paragraphs.
    category = unicodedata.category(sign)
    return category[0] != "C" and category not in ("Zl", "Zp")


def _cut(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    if len(name) <= NAME_LENGTH_MAX or not dot or len(suffix) > _SUFFIX_LENGTH_MAX:
        return name[:NAME_LENGTH_MAX]
    return f"{stem[: NAME_LENGTH_MAX - len(suffix) - 1]}.{suffix}"
