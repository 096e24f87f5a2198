"""Photos become a PDF, copies are marked."""

import io

import pikepdf
import pytest
from PIL import Image

from guichet.files import actions, disk, papers
from guichet.files.looking import Family, look
from guichet.files.tests.given import ALL, a_pdf, an_image
from guichet.refusals import Refused

pytestmark = pytest.mark.django_db

WORDS = "Prime vélo – 25.11.2026 – copie pour l’administration"


def stored(content, media_type="image/jpeg"):
    return actions.store(content, name="x", media_type=media_type)


def a_photo(**more):
    """As a phone takes it: lying on its side, with a place, red above and blue below."""
    picture = Image.new("RGB", (400, 300), "red")
    picture.paste("blue", (0, 150, 400, 300))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    exif[0x010F] = "CameraOfAda"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (49.6, 6.1, 0.0)
    kept = io.BytesIO()
    picture.save(kept, "JPEG", exif=exif, **more)
    assert b"CameraOfAda" in kept.getvalue()
    return kept.getvalue()


def pages_of(content):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [[round(float(side)) for side in page.mediabox[2:]] for page in pdf.pages]


def picture_of(content):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        photo = pdf.pages[0].Resources.XObject.Photo
        assert isinstance(photo, pikepdf.Stream)
        return pikepdf.PdfImage(photo).as_pil_image().convert("RGB")


def text_of(content):
    """Whether text is drawn on each page."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [bool(page.Resources.get("/XObject")) for page in pdf.pages]


def drafts():
    return list(disk.drafts().iterdir())


def test_several_photos_become_one_pdf():
    content = papers.photos_to_pdf(
        [stored(an_image("JPEG", (300, 200))), stored(an_image("PNG", (200, 300)), "image/png")]
    )
    assert pages_of(content) == [[842, 595], [595, 842]]
    assert drafts() == []


def test_photos_stand_as_they_were_taken_and_say_nothing_else():
    content = papers.photos_to_pdf([stored(a_photo())])
    assert pages_of(content) == [[595, 842]]
    picture = picture_of(content)
    assert picture.height > picture.width
    left, right = picture.getpixel((20, 200)), picture.getpixel((280, 200))
    assert left[2] > 200 > left[0]  # what was below is on the left: blue
    assert right[0] > 200 > right[2]
    assert b"CameraOfAda" not in content
    assert b"Exif" not in content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_every_kind_of_picture_becomes_a_page(mode):
    kept = io.BytesIO()
    form = "JPEG" if mode == "CMYK" else "PNG"
    picture = Image.new("RGB" if mode == "F" else mode, (30, 40))
    picture.save(kept, form)
    assert pages_of(papers.photos_to_pdf([stored(kept.getvalue())])) == [[595, 842]]


def test_what_is_clear_in_a_picture_becomes_white():
    kept = io.BytesIO()
    Image.new("RGBA", (30, 40), (0, 0, 0, 0)).save(kept, "PNG")
    assert picture_of(papers.photos_to_pdf([stored(kept.getvalue())])).getpixel((5, 5)) == (
        255, 255, 255,
    )  # fmt: skip


def test_large_photos_become_small_enough():
    content = papers.photos_to_pdf([stored(an_image("JPEG", (6000, 4000)))])
    assert max(picture_of(content).size) <= 2480


@pytest.mark.parametrize("count", [0, papers.PHOTOS_MAX + 1])
def test_none_or_too_many_photos_are_a_mistake_of_the_caller(count):
    with pytest.raises(ValueError, match="photos"):
        papers.photos_to_pdf([stored(b"x")] * count)


def test_a_pdf_is_marked_on_each_page_and_can_be_taken_again(tmp_path):
    content = papers.watermarked(stored(a_pdf(3), "application/pdf"), WORDS)
    assert text_of(content) == [True, True, True]
    path = tmp_path / "x"
    path.write_bytes(content)
    assert look(path, ALL).pages == 3
    assert drafts() == []


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_is_marked_and_says_nothing_else(form, tmp_path):
    source = a_photo() if form == "JPEG" else an_image("PNG", (300, 400))
    content = papers.watermarked(stored(source, f"image/{form.lower()}"), WORDS)
    marked = Image.open(io.BytesIO(content))
    assert (marked.format, marked.height > marked.width) == (form, True)
    assert not marked.getexif()
    path = tmp_path / "x"
    path.write_bytes(content)
    assert look(path, ALL).family is Family.IMAGE


@pytest.mark.parametrize("words", ["x", "Ж 漢字 €" * 40, "<b>&amp;</b> {0} %s", "a\nb\x00c"])
def test_no_words_break_it(words):
    for content, media_type in ((a_pdf(), "application/pdf"), (an_image(), "image/jpeg")):
        assert papers.watermarked(stored(content, media_type), words)


@pytest.mark.parametrize("words", ["", " \n\x00"])
def test_no_words_are_a_mistake_of_the_caller(words):
    with pytest.raises(ValueError, match="words"):
        papers.watermarked(stored(an_image()), words)


def test_what_cannot_be_opened_is_refused():
    for act in (
        lambda: papers.photos_to_pdf([stored(b"x")]),
        lambda: papers.watermarked(stored(b"x", "application/pdf"), WORDS),
        lambda: papers.watermarked(stored(b"x"), WORDS),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "unreadable"
    assert drafts() == []


def test_text_is_not_marked():
    with pytest.raises(ValueError, match="text/plain"):
        papers.watermarked(stored(b"x", "text/plain"), WORDS)


def test_bytes_that_are_gone_are_noticed():
    photo = stored(an_image())
    disk.place_of(photo.digest).unlink()
    with pytest.raises(actions.Damaged):
        papers.photos_to_pdf([photo])
