"""Components: what they draw, and the gallery that shows them all."""

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.html import escape

from guichet.design import icons
from guichet.design.tests.pages import Page

GALLERY = "/en/design/"
COMPONENTS = [
    "actions",
    "breadcrumb",
    "button",
    "card",
    "device",
    "empty",
    "field",
    "notice",
    "panel",
    "pagination",
    "product",
    "summary",
    "stepper",
    "table-stack",
    "tabs",
    "tag",
    "tick",
]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def drawn(text, **more):
    return Page(Template(text).render(Context(more)))


@pytest.mark.parametrize("kind", ["info", "success", "warning", "error"])
def test_a_notice_has_an_icon_and_words(kind):
    page = drawn("{% notice kind=kind title=t %}<p>Texte</p>{% endnotice %}", kind=kind, t="Titre")
    assert page.words(f".notice-{kind}") == ["TitreTexte"]
    assert page.one(".notice > svg").get("aria-hidden") == "true"


def test_what_a_person_typed_stays_text():
    typed = "<script>alert(1)</script>"
    text = "{% card title=t url=t %}{{ t }}{% endcard %}{% notice title=t %}{{ t }}{% endnotice %}"
    assert escape(typed) in Template(text).render(Context({"t": typed}))
    assert drawn(text, t=typed).all("script") == []


def test_a_card_may_be_a_link_by_its_title():
    page = drawn('{% card title="Espace" url="/fr/" level=3 icon="building" %}x{% endcard %}')
    assert page.one(".card-link h3 > a").get("href") == "/fr/"
    assert drawn('{% card edge="warning" %}x{% endcard %}').words(".card-warning") == ["x"]


def test_the_current_step_is_said_and_done_steps_lead_back():
    page = drawn(
        '{% include "design/stepper.html" %}',
        steps=[
            {"label": "Nom", "url": "/1/", "state": "done"},
            {"label": "Entreprise", "url": None, "state": "current"},
            {"label": "Infos", "url": "/3/", "state": "todo"},
        ],
    )
    assert [link.get("href") for link in page.all("a")] == ["/1/"]
    assert page.words("[aria-current=step] .step-label") == ["Entreprise"]
    assert page.words(".step-done .step-label") == ["Nom (done)"]


def test_the_summary_says_what_is_missing():
    rows = [{"label": "TVA", "value": "", "change_url": "/x/"}]
    page = drawn('{% include "design/summary.html" %}', rows=rows)
    assert page.words("dd") == ["Not given", "Change – TVA"]


def test_products_are_drawings_with_their_names():
    page = drawn(
        '{% include "design/products.html" %}',
        products=[
            {"code": "token", "name": "Token", "url": "/fr/connexion/token/"},
            {"code": "../../x", "name": "Autre", "url": "/fr/connexion/autre/"},
        ],
    )
    assert page.words(".product") == ["Token", "Autre"]
    assert len(page.all(".product > svg[aria-hidden=true]")) == 2
    assert page.all("[id]") == []  # drawings may stand on a page twice


def test_a_box_without_content_is_not_drawn():
    assert drawn('{% filled "aside" "x" %}  {% endfilled %}').all("aside") == []
    assert drawn('{% filled "aside" "x" %} a {% endfilled %}').words("aside.x") == ["a"]


def test_each_icon_is_drawn_and_an_unknown_one_is_noticed():
    for name in icons.PATHS:
        assert "<path" in icons.icon(name)
    with pytest.raises(KeyError):
        icons.icon("coat-of-arms")


@pytest.mark.demo
@pytest.mark.urls("guichet.design.tests.addresses")
@pytest.mark.parametrize("query", ["", "?wrong"])
def test_the_gallery_shows_each_component(client, query):
    answer = client.get(GALLERY + query)
    page = Page(answer.content)
    ids = list(page.ids())
    assert len(ids) == len(set(ids))
    assert len(page.all("h1")) == 1
    assert bool(page.all("#problems")) is bool(query)
    for component in [*COMPONENTS, *(["problems"] if query else [])]:
        assert page.all(f".{component}"), component


@pytest.mark.urls("guichet.design.tests.addresses")
def test_the_gallery_is_shown_in_a_demonstration_only(client):
    assert client.get(GALLERY).status_code == 404
