"""What a page costs to fetch, and what its stylesheets promise."""

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[1] / "static" / "design"
CSS = {path.name: path.read_text() for path in STATIC.glob("*.css")}
KB = 1024


def _small(*texts: str) -> int:
    return sum(len(gzip.compress(text.encode(), 9)) for text in texts)


def test_stylesheets_stay_below_8_kb():
    assert _small(*CSS.values()) <= 8 * KB


def test_scripts_stay_below_5_kb():
    assert _small(*(path.read_text() for path in STATIC.rglob("*.js"))) <= 5 * KB


@pytest.mark.parametrize("file", sorted(STATIC.rglob("*.svg")), ids=lambda path: path.name)
def test_drawings_are_small_and_hold_no_style_and_no_id(file):
    text = file.read_text()
    assert len(text) <= 2 * KB
    assert not re.search(r"\sstyle=|<style|\sid=|<script|href=", text)


@pytest.mark.parametrize("name", sorted(CSS))
def test_nothing_is_fetched_by_a_stylesheet(name):
    assert not re.search(r"@import|url\(|@font-face", CSS[name])


def test_the_fallback_for_older_browsers_is_the_light_theme():
    plain, modern = CSS["guichet.css"].split("@supports (color: light-dark", 1)
    light = dict(re.findall(r"(--[\w-]+): light-dark\((#\w+|rgb\([^)]*\)),", modern))
    fallback = dict(re.findall(r"(--[\w-]+): (#\w+|rgb\([^)]*\));", plain))
    assert light
    assert {name: fallback[name] for name in light} == light


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


PAIRS = dict(re.findall(r"--([\w-]+): light-dark\((#\w+, #\w+)\)", CSS["guichet.css"]))


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper", "least"),
    [
        *((ink, paper, 7) for ink in ("text", "muted") for paper in ("bg", "surface", "raised")),
        ("link", "bg", 7),
        ("link", "raised", 7),
        ("link", "tint", 7),
        ("link-strong", "tint", 7),
        ("visited", "bg", 7),
        ("on-link", "link", 7),
        ("on-link", "link-strong", 7),
        ("error", "bg", 7),
        *((kind, f"{kind}-bg", 7) for kind in ("error", "success", "warning", "info")),
        *(("text", f"{kind}-bg", 7) for kind in ("error", "success", "warning", "info")),
        ("field", "bg", 3),
        ("field", "raised", 3),
    ],
)
def test_colours_contrast(ink, paper, least, theme):
    """WCAG 2.2: 1.4.6 (7:1) for text, 1.4.11 (3:1) for edges of controls."""
    shades = {name: pair.split(", ")[theme] for name, pair in PAIRS.items()}
    assert _contrast(shades[ink], shades[paper]) >= least
