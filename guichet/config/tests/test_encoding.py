"""What a form says of its charset changes nothing."""

import io

import pytest
from django.core.wsgi import get_wsgi_application

from guichet.config.encoding import in_utf8, without_charset
from guichet.config.front import Front


def status_of(application, content_type, query):
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/fr/aide/",
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": "0",
    }
    told = []
    list(application(environ, lambda status, *_: told.append(status)))
    return int(told[0].split()[0])


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["idna", "utf-16", '"no such"', "utf-8"])
@pytest.mark.parametrize("query", ["q=%C3%A9", "a=1&" * 600])
def test_a_form_in_an_odd_charset_is_answered_with_a_page(charset, query):
    application = Front(in_utf8(get_wsgi_application()))
    content_type = f"application/x-www-form-urlencoded; charset={charset}"
    assert 400 <= status_of(application, content_type, query) < 500


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ("text/plain;charset=utf-16", "text/plain"),
        (
            "multipart/form-data; Charset*=utf-8''idna; boundary=x",
            "multipart/form-data; boundary=x",
        ),
        ("multipart/form-data; boundary=x", "multipart/form-data; boundary=x"),
        ("", ""),
    ],
)
def test_of_a_media_type_all_but_the_charset_is_left(told, left):
    assert without_charset(told) == left
