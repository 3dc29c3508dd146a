import re

import pytest

from helpdesk.demo.filling import fill_demo
from tests.factories import make_inbox
from tests.helpdesk.demo.test_filling import FILLERS

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.helpdesk.demo.urls")]


def test_the_shop_has_the_widget_of_its_own_chat(client, settings):
    settings.DEMO_FILLERS = FILLERS
    fill_demo()
    make_inbox("webchat", key="another")
    page = client.get("/demo/").content.decode()
    assert 'src="/widget/fernweh-shop/loader.js"' in page
    assert "agent@example.com" in page and "demo-helpdesk" in page


def test_without_any_chat_the_shop_still_stands(client):
    page = client.get("/demo/")
    assert page.status_code == 200 and b"loader.js" not in page.content


@pytest.mark.parametrize("language", ["it", "ro", "zh-hans"])
def test_the_demo_pages_speak_the_visitors_language(client, language):
    pages = {
        "/demo/": "What you can try",
        "/demo/mailbox/": "Every mail that left",
        "/demo/telegram/": "The phone of a customer",
    }
    for address, words in pages.items():
        page = client.get(address, headers={"Accept-Language": language}).content.decode()
        assert words not in page
        assert f'lang="{language}"' in page


def test_nothing_in_the_pages_needs_a_weaker_policy(client):
    for address in ("/demo/", "/demo/mailbox/", "/demo/telegram/", "/api/"):
        page = client.get(address).content.decode()
        assert not re.search(r"<script>|<style|\sstyle=|\son[a-z]+=", page)
