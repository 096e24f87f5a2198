"""What opens strangers' files. A program of its own: `apart.run` starts it, and nobody imports it.

It knows nothing of the portal: arguments are paths and words, the answer is one JSON object on
standard output. `{"problem": …}` is a finding against the file.
"""

import contextlib
import json
import resource
import sys
from collections.abc import Callable, Iterator
from html import escape
from io import BytesIO
from math import hypot
from pathlib import Path
from typing import Any

MEMORY_BYTES_MAX = 1_500_000_000
CPU_SECONDS_MAX = 20
WRITTEN_BYTES_MAX = 200_000_000

PIXELS_MAX = 60_000_000
PDF_OBJECTS_MAX = 300_000
_EMBEDDED_BYTES_MAX = 20_000_000
# What a PDF may carry: invoices carry their figures as XML. Everything else could be a program.
_HARMLESS_STARTS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_HARMLESS_SUFFIXES = (".xml", ".csv", ".txt", ".json", ".pdf", ".jpg", ".jpeg", ".png")

A4_POINTS = (595.28, 841.89)
_MARGIN_POINTS = 28.35  # 1 cm
_SIDE_PIXELS_MAX = 2480  # A4 at 212 dpi and more: print remains readable
_JPEG_QUALITY = 85
_FONTS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf", "Arial.ttf")

Told = dict[str, Any]

_MARK = """<style>
@page {{ size: 900px 900px; margin: 0 }}
body {{ margin: 0 }}
div {{ transform: rotate(-30deg); margin: -120px -300px; width: 1500px }}
p {{ font: {size}px sans-serif; color: rgba(90, 90, 90, .38); margin: 0 0 95px;
     white-space: nowrap; text-align: center }}
</style><div>{rows}</div>"""


def look_into_pdf(path: str) -> Told:
    """Its number of pages; problems: `unreadable`, `program`."""
    import pikepdf

    try:
        with pikepdf.open(path) as pdf:
            if pdf.is_encrypted:
                return {"problem": "unreadable"}
            pages = len(pdf.pages)
            if not pages or len(pdf.objects) > PDF_OBJECTS_MAX:
                return {"problem": "unreadable"}
            if any(_is_a_program(thing) for each in pdf.objects for thing in _within(each)):
                return {"problem": "program"}
            return {"pages": pages}
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, AttributeError, KeyError):
        return {"problem": "unreadable"}


def _within(whole: Any) -> Iterator[Any]:
    """The dictionaries in an object of a PDF, as deep as they are written into each other."""
    import pikepdf

    waiting = [whole]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Array):
            waiting += [part for part in each if _is_direct(part)]
        elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            yield each
            inner = each.stream_dict if isinstance(each, pikepdf.Stream) else each
            waiting += [part for part in inner.values() if _is_direct(part)]


def _is_direct(part: Any) -> bool:
    import pikepdf

    return isinstance(part, pikepdf.Array | pikepdf.Dictionary) and not part.is_indirect


def _is_a_program(thing: Any) -> bool:
    """An action that starts one, or an embedded file that may be one."""
    if str(thing.get("/S", "")) in ("/Launch", "/ImportData"):
        return True
    embedded = thing.get("/EF")
    if embedded is None:
        return False
    name = str(thing.get("/UF", thing.get("/F", ""))).lower()
    return any(not _is_harmless(name, stream) for stream in embedded.values())


def _is_harmless(name: str, stream: Any) -> bool:
    content = stream.read_bytes()
    if len(content) > _EMBEDDED_BYTES_MAX or not name.endswith(_HARMLESS_SUFFIXES):
        return False
    return content.startswith(_HARMLESS_STARTS) or _is_text(content)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content and not content.startswith(b"#!")


def look_into_image(path: str) -> Told:
    """Its media type; problems: `unreadable`, `pixels`."""
    from PIL import Image

    try:
        image = _opened(path)
        if image.width * image.height > PIXELS_MAX:
            return {"problem": "pixels"}
        image.verify()
        image = _opened(path)
        # A phone's JPEG may carry a second picture, with depth or brightness; a PNG that moves
        # shows each one something else.
        if image.format == "PNG" and getattr(image, "n_frames", 1) > 1:
            return {"problem": "unreadable"}
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {"problem": "pixels"}
    except (OSError, SyntaxError, ValueError, EOFError, AttributeError, TypeError, KeyError):
        return {"problem": "unreadable"}
    return {"media_type": "image/png" if image.format == "PNG" else "image/jpeg"}


def photos_to_pdf(target: str, *paths: str) -> Told:
    """One A4 page for each photo, upright as it was taken; nothing but the picture goes in."""
    import pikepdf

    with pikepdf.new() as pdf:
        for path in paths:
            image = _upright(path).convert("RGB")
            image.thumbnail((_SIDE_PIXELS_MAX, _SIDE_PIXELS_MAX))
            _add_page(pdf, image)
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return {"pages": len(paths)}


def _add_page(pdf: Any, image: Any) -> None:
    import pikepdf

    width, height = A4_POINTS if image.height >= image.width else A4_POINTS[::-1]
    scale = min(
        (width - 2 * _MARGIN_POINTS) / image.width, (height - 2 * _MARGIN_POINTS) / image.height
    )
    shown = (image.width * scale, image.height * scale)
    at = ((width - shown[0]) / 2, (height - shown[1]) / 2)
    picture = pikepdf.Stream(
        pdf,
        _jpeg(image),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=image.width,
        Height=image.height,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    page = pdf.add_blank_page(page_size=(width, height))
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=picture))
    drawn = f"q {shown[0]:.2f} 0 0 {shown[1]:.2f} {at[0]:.2f} {at[1]:.2f} cm /Photo Do Q"
    page.Contents = pikepdf.Stream(pdf, drawn.encode())


def watermark_pdf(target: str, source: str, words: str) -> Told:
    """The PDF with the words across each page, drawn over what is there."""
    import pikepdf

    with pikepdf.open(source) as pdf, pikepdf.open(BytesIO(_mark_page(words))) as mark:
        for page in pdf.pages:
            page.add_overlay(mark.pages[0], _square_over(page))
        pdf.save(target)
        return {"pages": len(pdf.pages)}


def _square_over(page: Any) -> Any:
    """A square that covers the page, as the mark is one."""
    import pikepdf

    box = [float(value) for value in page.trimbox]
    half = max(box[2] - box[0], box[3] - box[1]) / 2
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    return pikepdf.Rectangle(middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half)


def _mark_page(words: str) -> bytes:
    """A square page of rows of the words; text, so that it is sharp, with its letters in it."""
    from weasyprint import HTML

    size = max(14, min(26, 1100 // max(len(words), 1)))
    line = escape(f"{words} · {words}")
    page = _MARK.format(size=size, rows=f"<p>{line}</p>" * 12)
    return bytes(HTML(string=page, url_fetcher=_nothing).write_pdf())


def _nothing(url: str, *_: object, **__: object) -> Any:
    raise ValueError("marks load nothing")


def watermark_image(target: str, source: str, words: str) -> Told:
    """The picture with the words across it, encoded anew; nothing but the picture goes in."""
    from PIL import Image

    image = _upright(source)
    marked = Image.alpha_composite(image.convert("RGBA"), _mark_layer(image.size, words))
    if _opened(source).format == "PNG":
        marked.convert("RGB").save(target, "PNG")
    else:
        Path(target).write_bytes(_jpeg(marked.convert("RGB")))
    return {}


def _mark_layer(size: tuple[int, int], words: str) -> Any:
    """Rows of the words from lower left to upper right, as large as the picture."""
    from PIL import Image, ImageDraw

    side = int(hypot(*size)) + 1
    letters = max(12, int(min(size) / max(len(words), 12) * 1.5))
    layer = Image.new("L", (side, side))
    draw = ImageDraw.Draw(layer)
    font = _font(letters)
    line = " · ".join([words] * (1 + side // max(int(draw.textlength(words, font)), 1)))
    for number, top in enumerate(range(0, side, letters * 6)):
        draw.text((-(number % 2) * letters * 4, top), line, fill=105, font=font)
    turned = layer.rotate(30)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    mask = turned.crop((left, top, left + size[0], top + size[1]))
    mark = Image.new("RGBA", size, (90, 90, 90, 0))
    mark.putalpha(mask)
    return mark


def _font(size: int) -> Any:
    from PIL import ImageFont

    for name in _FONTS:
        with contextlib.suppress(OSError):
            return ImageFont.truetype(name, size)
    return ImageFont.load_default(size)


def _opened(path: str) -> Any:
    from PIL import Image

    return Image.open(path, formats=("JPEG", "PNG"))


def _upright(path: str) -> Any:
    """The first picture of a file, turned as its camera was held, without what else the file says."""
    from PIL import Image, ImageOps

    image = _opened(path)
    if image.width * image.height > PIXELS_MAX:
        raise ValueError("too many pixels")
    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("P", "LA", "PA", "RGBA") or "transparency" in turned.info:
        turned = turned.convert("RGBA")
        paper = Image.new("RGBA", turned.size, "white")
        turned = Image.alpha_composite(paper, turned)
    elif turned.mode.startswith("I"):  # sixteen bits of grey
        turned = turned.point(lambda value: value / 256).convert("L")
    bare = turned.convert("RGB")
    bare.info.clear()
    return bare


def _jpeg(image: Any) -> bytes:
    kept = BytesIO()
    image.save(kept, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return kept.getvalue()


JOBS: dict[str, Callable[..., Told]] = {
    job.__name__: job
    for job in (look_into_pdf, look_into_image, photos_to_pdf, watermark_pdf, watermark_image)
}


def main(arguments: list[str]) -> None:
    """Run one job within its limits and print what it tells."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES_MAX, WRITTEN_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    told = JOBS[arguments[0]](*arguments[1:])
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1:])
