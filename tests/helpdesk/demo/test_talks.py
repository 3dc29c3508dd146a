import string
from random import Random

import pytest

from helpdesk import clock
from helpdesk.demo.customers import make_customer
from helpdesk.demo.shop import LANGUAGES, particulars
from helpdesk.demo.talks import AGENT, CUSTOMER, read_talks


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


def test_every_talk_begins_with_the_customer_and_is_answered(language):
    for talk in read_talks(language):
        assert talk.subjects and talk.turns[0].who == CUSTOMER, talk.name
        assert any(turn.who == AGENT for turn in talk.turns), talk.name
        assert talk.department in {"Support", "Billing", "Shipping"}, talk.name


def test_every_gap_of_every_talk_can_be_filled(language):
    customer = make_customer(Random(1), 1, language)
    known = particulars(Random(1), clock.now(), language=language, customer=customer, agent="Ada Ly")
    for talk in read_talks(language):
        for text in [*talk.subjects, *(wording for turn in talk.turns for wording in turn.wordings)]:
            gaps = {name for _, name, _, _ in string.Formatter().parse(text) if name}
            assert gaps <= known.keys(), text


def test_each_month_has_something_to_talk_about(language):
    for month in range(1, 13):
        assert sum(month in talk.months for talk in read_talks(language)) >= 6
