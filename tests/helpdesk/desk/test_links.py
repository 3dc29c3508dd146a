"""Addresses in a plain text are links, however quickly the words around them are passed over."""

import pytest
from django.utils.html import urlize

from helpdesk.desk.mails import with_links

WORDS = [
    "Nothing to link here, order 48213 of 3 March!",
    "See https://example.com/a?b=1&c=2, or (http://localhost:8000/x) and http://host.",
    "www.example.com and example.org/path but not file.txt or 12:30 or e.g. this",
    "Write to anna@example.com, <bob@example.org> or 'quoted@example.net'.",
    "Tags <b>bold</b> & \"quotes\" with 'apostrophes' <script>alert(1)</script>",
    'An "https://example.com/"onmouseover=alert(1)//" in quotes; javascript:alert(1)',
    "HTTPS://EXAMPLE.COM http://[::1]/ http://münchen.example/ü mailto:anna@example.com",
    "line\n\nhttps://example.com/\r\n\tafter",
    "",
]


@pytest.mark.parametrize("text", WORDS)
def test_what_is_a_link_is_one_and_the_rest_is_escaped(text):
    assert with_links(text) == urlize(text, nofollow=True, autoescape=True)
