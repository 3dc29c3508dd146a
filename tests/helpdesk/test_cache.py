from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import make_agent, make_inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def redis_away(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    settings.RATELIMIT_ENABLE = True


def test_without_redis_the_cache_is_as_if_it_were_empty(redis_away):
    cache.set("a", 1)
    assert cache.get("a") is None
    assert cache.get("a", "nothing") == "nothing"
    assert cache.get_or_set("a", lambda: 7) == 7
    assert cache.add("a", 1)
    assert cache.incr("a") == 1
    assert cache.get_many(["a"]) == {}
    assert cache.count(["a", "b"], 60) == [1, 1]
    cache.delete_many(["a"])


def test_without_redis_people_still_write_in_the_chat_and_read_there(redis_away):
    address, line = f"/widget/plain/{make_inbox('webchat').key}/", {"text": "Hello?", "uuid": uuid4().hex}
    assert "Hello?" in Client().post(address, line, follow=True).content.decode()


def test_without_redis_people_still_sign_in_and_read(redis_away):
    alice = make_agent("Alice", password="correct horse battery")
    browser = Client()
    form = {"username": alice.email, "password": "correct horse battery"}
    assert browser.post("/login/", form).status_code == 302
    assert browser.get("/desk/views/open/").status_code == 200
    assert browser.get("/en/").status_code == 200


def test_with_redis_it_keeps_what_it_is_given():
    cache.set("kept", 1, 5)
    assert cache.get("kept") == 1


def test_several_things_are_counted_at_once():
    cache.clear()
    assert [cache.count(["a", "b"], 60), cache.count(["a"], 60)] == [[1, 1], [2]]
