"""Line icons of our own, 24 units wide, drawn with the colour of the text around them."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

# Paths only: stroke, ends and joins are set once by the stylesheet (`.icon`).
PATHS = {
    "arrow-left": "M19 12H5m6-6-6 6 6 6",
    "arrow-right": "M5 12h14m-6-6 6 6-6 6",
    "bell": "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21.5h4",
    "building": "M4 21V5l9-2v18M13 9h7v12M2 21h20M7.5 8.5h2m-2 4h2m-2 4h2M16.5 13v0m0 4v0",
    "calendar": "M4 6h16v15H4zM4 11h16M8 3v5m8-5v5",
    "car": "M4 16v-3.5l2-5.5h12l2 5.5V16zM4 12.5h16M6.5 16v2.5m11-2.5v2.5",
    "check": "M4 12.5 9.5 18 20 6.5",
    "chevron-down": "m6 9 6 6 6-6",
    "chevron-right": "m9 6 6 6-6 6",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5.5l3.5 2",
    "close": "m6 6 12 12M18 6 6 18",
    "copy": "M9 9h11v11H9zM15 5H4v11",
    "display": "M2.5 18 8 5l5.5 13M4.5 14h7M15 18l3-8 3 8M16 15.5h4",
    "document": "M6 3h8l5 5v13H6zM14 3v5h5M9 13h7m-7 4h5",
    "download": "M12 4v11m-5-4.5 5 5 5-5M4 20h16",
    "edit": "m4 20 1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7l3.5 3.5",
    "error": "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 7.5v5.5m0 3.200v.1",
    "euro": "M18.5 6.5a7.5 7.5 0 1 0 0 11M3.5 10.5h9.5M3.5 13.5h9.5",
    "external": "M10 5H5v14h14v-5M14 4h6v6m0-6-9 9",
    "eye": "M2 12c2.5-4.5 6-6.5 10-6.5s7.5 2 10 6.5c-2.5 4.5-6 6.5-10 6.5S4.5 16.5 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
    "globe": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3.5 6 3.5 9s-.5 6-3.5 9c-3-3-3.5-6-3.5-9S9 6 12 3z",
    "help": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.5 9.5a2.5 2.5 0 1 1 3.700 2.200c-.8.5-1.200 1-1.200 2m0 2.800v.1",
    "home": "m3 11.5 9-8 9 8M5.5 9.5V20h13V9.5M10 20v-5.5h4V20",
    "info": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5.5m0-9v.1",
    "key": "M8 8.5a4 4 0 1 0 0 7 4 4 0 0 0 0-7zm3 3.5h10v3.5M17 12v2.5",
    "leaf": "M6 18C6 9.5 10.5 5 20 5c0 9.5-5 14.5-12.5 13M4 21c1.5-5 5-8.5 9-10.5",
    "letter": "M3 9.5 12 4l9 5.5V20H3zM3 9.5l9 6 9-6",
    "list": "M9 6h12M9 12h12M9 18h12M4 6v.1M4 12v.1M4 18v.1",
    "lock": "M5 11h14v10H5zM8 11V7.5a4 4 0 0 1 8 0V11M12 15v2.5",
    "mail": "M3 5h18v14H3zM3 6l9 7 9-7",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "message": "M4 4h16v13h-9l-4.5 4v-4H4zM8 9h8m-8 4h5",
    "people": "M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 20c.4-3.700 2.900-5.5 6.5-5.5s6.100 1.800 6.5 5.5M15.5 4.800a3.5 3.5 0 0 1 0 6.400M17.5 14.800c2.300.7 3.700 2.5 4 5.200",
    "percent": "M18.5 5.5 5.5 18.5M7.5 5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zm9 9a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c.5-4 3.5-6.5 8-6.5s7.5 2.5 8 6.5",
    "phone": "M5 3.5h4l1.5 5L8 10.5c1 2.5 3 4.5 5.5 5.5l2-2.5 5 1.5v4c0 1-1 1.5-2 1.5C10.5 20 4 13.5 3.5 5.5c0-1 .5-2 1.5-2z",
    "plus": "M12 5v14M5 12h14",
    "power": "M12 3v8M6.3 6.5a8 8 0 1 0 11.4 0",
    "print": "M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7z",
    "rosette": "M12 3a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM8.5 14v7l3.5-2 3.5 2v-7",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm4.800 11.300L20.5 20.5",
    "sign-out": "M10 4H5v16h5M9.5 12H20m-4-4.5 4.5 4.5-4.5 4.5",
    "star": "m12 3.5 2.600 5.600 6 .7-4.400 4.200 1.200 6L12 17l-5.400 3 1.200-6-4.400-4.200 6-.7z",
    "success": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM7.800 12.5l3 3 5.5-6.5",
    "trash": "M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6m4-6v6",
    "warning": "M12 3.5 22 20.5H2zM12 9.5v5.5m0 2.700v.1",
}

_DRAWN: dict[str, SafeString] = {}


def icon(name: str) -> SafeString:
    """The icon as inline SVG, hidden from screen readers. Raises `KeyError` for an unknown name."""
    if name not in _DRAWN:
        _DRAWN[name] = format_html(
            '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>',
            PATHS[name],
        )
    return _DRAWN[name]
