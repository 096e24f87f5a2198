"""The secret images: sixteen objects in twelve colours, drawn here, all of the same size in bytes.

The picture shows a person that this is the portal she enrolled with, as far as a picture can. Its
two words say the same to whoever does not see it. Each colour has a ground pattern of its own, so
that colours need not be told apart.
"""

from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# Drawn on 100 × 100 with a thick round line. Our own drawings.
_OBJECTS = (
    (gettext_noop("boat"), "M22 62h56l-10 15H32zM52 62V22l20 30H52M44 32 29 52h15"),
    (gettext_noop("house"), "M20 51 50 25l30 26M29 45v32h42V45M43 77V59h14v18"),
    (gettext_noop("tree"), "M50 80V46M50 66l11-10M50 20a21 21 0 1 0 0 42 21 21 0 0 0 0-42z"),
    (gettext_noop("key"), "M35 37a13 13 0 1 0 0 26 13 13 0 0 0 0-26zM48 50h33v12M69 50v9"),
    (
        gettext_noop("bicycle"),
        "M31 51a13 13 0 1 0 0 26 13 13 0 0 0 0-26zM70 51a13 13 0 1 0 0 26 13 13 0 0 0 0-26z"
        "M31 64 43 42h21L50 64H31M38 33h9M43 42l-1-9M50 64 43 42M70 64 61 32h10",
    ),
    (gettext_noop("umbrella"), "M50 19v6M21 52a29 27 0 0 1 58 0zM50 52v21a7 7 0 0 1-14 0"),
    (
        gettext_noop("cup"),
        "M27 40h38v20a16 16 0 0 1-16 16h-6a16 16 0 0 1-16-16zM65 46h5a8 8 0 0 1 0 16h-6"
        "M38 32c-4-5 4-7 0-12M53 32c-4-5 4-7 0-12",
    ),
    (gettext_noop("fish"), "M20 50c11-21 37-21 47 0-10 21-36 21-47 0zM67 50l14-13v26zM36 46v1M50 43c5 4 5 10 0 14"),
    (gettext_noop("bell"), "M31 67V49a19 19 0 0 1 38 0v18l7 7H24zM43 81h14M50 30v-8"),
    (
        gettext_noop("book"),
        "M50 35c-8-7-18-8-29-7v42c11-1 21 0 29 7 8-7 18-8 29-7V28c-11-1-21 0-29 7zM50 35v42",
    ),
    (
        gettext_noop("flower"),
        "M50 32a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM43 33c-7-14 21-14 14 0M57 36c14-3 9 21-3 10"
        "M54 46c7 12-15 12-8 0M46 46c-12 11-17-13-3-10M50 56v26M50 75c10 1 15-4 17-11",
    ),
    (gettext_noop("mountain"), "M16 76 42 34l15 24 8-11 19 29zM33 48l9 7 8-7M71 22a6 6 0 1 0 0 12 6 6 0 0 0 0-12z"),
    (
        gettext_noop("apple"),
        "M50 42c-8-8-27-5-27 15 0 13 10 23 18 23 4 0 6-2 9-2s5 2 9 2c8 0 18-10 18-23 0-20-19-23-27-15z"
        "M50 42c0-9 2-15 10-20",
    ),
    (gettext_noop("hat"), "M34 66V27h32v39M34 55h32M19 66h62v9H19z"),
    (gettext_noop("kite"), "M54 17 76 39 48 66 32 39zM54 17l-6 49M32 39h44M48 66c-14 3 4 10-14 17"),
    (
        gettext_noop("snail"),
        "M18 76h46c10 0 14-8 14-17V47M78 47l6-11M78 47l-8-10M46 34a21 21 0 1 0 0 42M46 34"
        "a18 18 0 0 1 18 20c-1 22-31 18-30 2 1-14 20-12 19 0",
    ),
)  # fmt: skip

# Name, ground, line, and the pattern that stands for it on the ground.
_COLOURS = (
    (gettext_noop("red"), "#ffc9c9", "#8f0d24", "M0 0"),
    (gettext_noop("orange"), "#ffd2a1", "#7c3400", "M0 9h18"),
    (gettext_noop("yellow"), "#fff08a", "#5f4a00", "M9 0v18"),
    (gettext_noop("green"), "#c0ecc4", "#0e5026", "M0 18 18 0"),
    (gettext_noop("turquoise"), "#a9ece8", "#004f56", "M0 0 18 18"),
    (gettext_noop("blue"), "#c2d8ff", "#12357e", "M9 6a3 3 0 1 0 0 6 3 3 0 0 0 0-6z"),
    (gettext_noop("violet"), "#e0cdfb", "#4c2385", "M0 9h18M9 0v18"),
    (gettext_noop("pink"), "#ffc9e6", "#8a0f54", "M0 0 18 18M0 18 18 0"),
    (gettext_noop("brown"), "#dfc4aa", "#522d10", "M0 13l9-9 9 9"),
    (gettext_noop("grey"), "#d5d9e2", "#343b4c", "M4 13h10L9 5z"),
    (gettext_noop("black"), "#23283a", "#f4f6fb", "M9 5v8M5 9h8"),
    (gettext_noop("white"), "#ffffff", "#141a2e", "M5 5h8v8H5z"),
)

COUNT = len(_OBJECTS) * len(_COLOURS)

_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" fill="none" stroke-linecap="round" \
stroke-linejoin="round"><defs><pattern id="p" width="18" height="18" patternUnits="userSpaceOnUse">\
<path d="{pattern}" stroke="{line}" stroke-opacity=".2" stroke-width="2"/></pattern></defs>\
<rect x="1.5" y="1.5" width="97" height="97" rx="13" fill="{ground}" stroke="{line}" \
stroke-width="3"/><rect x="1.5" y="1.5" width="97" height="97" rx="13" fill="url(#p)"/>\
<path d="{drawing}" stroke="{ground}" stroke-width="12"/>\
<path d="{drawing}" stroke="{line}" stroke-width="5"/>{filling}</svg>"""


def words(number: int) -> str:
    """The picture in two words of the page's language, "boat · blue"."""
    thing, colour = _parts(number)
    return f"{_(thing[0])} · {_(colour[0])}"


def svg(number: int) -> bytes:
    """The picture `number`, 0 to 191. All have the same length."""
    drawn = _drawn(number)
    return drawn.replace("{filling}", " " * (_longest() - len(drawn))).encode()


@cache
def _longest() -> int:
    return max(len(_drawn(number)) for number in range(COUNT)) + 1


@cache
def _drawn(number: int) -> str:
    thing, colour = _parts(number)
    _name, ground, line, pattern = colour
    return _SVG.format(
        drawing=thing[1], ground=ground, line=line, pattern=pattern, filling="{filling}"
    )


def _parts(number: int) -> tuple[tuple[str, str], tuple[str, str, str, str]]:
    thing, colour = divmod(number, len(_COLOURS))
    return _OBJECTS[thing], _COLOURS[colour]
