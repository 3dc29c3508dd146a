"""The demo's bot is one that works, in every language, and filling twice changes nothing."""

import pytest
from django.conf import settings

from routing.bots.demo import fill_bots
from routing.demo import fill_departments
from routing.models import Bot, Trigger
from tests.routing.bots.chats import Chat

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_demo_s_bot_brings_a_parcel_to_shipping(language):
    fill_departments()
    fill_bots()
    fill_bots()
    assert not Trigger.objects.get().is_active
    chat = Chat(Bot.objects.get(), language=language)
    chat.write("A-100")
    chat.write(chat.last.choices[0])
    chat.write(chat.last.choices[0])
    assert (chat.run.reason, chat.ticket.department.name) == ("done", "Shipping")
    assert len(set(chat.said)) == 4
