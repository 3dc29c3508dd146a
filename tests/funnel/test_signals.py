"""Where to invest: each rule fires on rows that call for it and is silent on rows that do not."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from funnel.invest.deciding import dismiss_signal, return_signal, take_signal
from funnel.invest.desk import Desk
from funnel.invest.evidence import difference_interval, median_interval
from funnel.invest.finding import find_due_signals, find_signals
from funnel.invest.listing import line_of, signals_page
from funnel.invest.phrases import read_texts, terms_of
from funnel.invest.rules.articles import find_articles_not_helping
from funnel.invest.rules.cover import find_hours_without_cover
from funnel.invest.rules.departments import find_slower_departments
from funnel.invest.rules.layers import find_lost_layers
from funnel.invest.rules.topics import find_topics_without_article
from funnel.invest.week import A_WEEK, Stretch, stretches_of
from funnel.invest.weekdays import say_stretch
from funnel.models import Edition, Signal, SupportConversation
from funnel.sessions import nodes
from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from knowledge.models import ArticleVote
from tests import factories
from tests.funnel.signal_rows import HOUR, NOW, add_conversations, add_sessions, at, make_edition

pytestmark = pytest.mark.django_db
NOBODY_DECIDED = frozenset()


@pytest.fixture
def edition() -> Edition:
    return make_edition()


@pytest.fixture
def desk(edition) -> Desk:
    return Desk(edition, NOW)


def firing(findings) -> dict[str, object]:
    return {each.subject: each for each in findings if each.is_firing}


# ---- how far a figure can be trusted


def test_the_median_lies_in_an_interval_of_the_values_themselves():
    assert median_interval(range(5)) is None
    assert median_interval(range(1, 101)) == (40, 50.5, 61)


def test_the_difference_of_shares_has_newcombes_interval():
    low, high = difference_interval(56, 70, 48, 80)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)
    assert difference_interval(0, 0, 48, 80) is None


# ---- departments


def test_a_department_whose_first_answers_became_slower_is_named(edition, desk):
    billing = factories.make_department("Billing").pk
    for month in (12, 1, 2):
        start = at(month, 10) if month < 12 else at(1, 5)
        add_conversations(edition, [600 + 10 * wait for wait in range(20)], start, department=billing)
    add_conversations(edition, [2 * HOUR + 60 * wait for wait in range(25)], at(3, 10), department=billing)
    found = firing(find_slower_departments(desk, NOBODY_DECIDED))
    assert list(found) == [str(billing)]
    told = found[str(billing)]
    assert told.figures["answered"] == 25
    assert (told.figure, told.figures["median_before"]) == (7920, 695)
    assert told.waiting_hours == pytest.approx(25 * (7920 - 695) / 3600)


def test_a_department_that_is_slower_within_chance_or_too_small_is_not_named(edition, desk):
    billing, sales = (factories.make_department(name).pk for name in ("Billing", "Sales"))
    add_conversations(edition, [600 + 60 * wait for wait in range(30)], at(2, 10), department=billing)
    add_conversations(edition, [660 + 60 * wait for wait in range(30)], at(3, 10), department=billing)
    add_conversations(edition, [60] * 19, at(2, 10), department=sales)
    add_conversations(edition, [9 * HOUR] * 19, at(3, 10), department=sales)
    measured = list(find_slower_departments(desk, NOBODY_DECIDED))
    assert [each.subject for each in measured] == [str(billing)]
    assert not firing(measured)


# ---- hours


def a_week_of(edition: Edition, *, weekend: int, monday: int = 5) -> None:
    """Four weeks of February and March: short waits from Monday to Friday, `weekend` seconds on Saturdays from 10 to 14."""
    for week in range(5):
        for day in range(5):
            for hour in (9, 11, 13, 15):
                start = at(2, 2, hour) + timedelta(days=7 * week + day)
                add_conversations(edition, [300 + 10 * day + hour] * monday, start)
        for hour in (10, 12):
            add_conversations(edition, [weekend + hour] * 4, at(2, 7, hour) + timedelta(days=7 * week))


def test_hours_in_which_nobody_answers_are_found(edition, desk):
    a_week_of(edition, weekend=31 * HOUR)
    (found,) = firing(find_hours_without_cover(desk, NOBODY_DECIDED)).values()
    stretch = Stretch.from_word(found.figures["stretch"])
    assert stretch.days == (5,) and stretch.opens == 10
    assert found.figures["share"] == pytest.approx(40 / 540)
    assert found.figure == pytest.approx(31 * HOUR + 11)
    assert found.figures["median_rest"] < 400
    assert len(found.figures["tickets"]) == 40
    assert found.waiting_hours == pytest.approx(40 / 3 * 31, rel=0.01)  # a month of three


def test_hours_as_quick_as_the_others_are_not_found(edition, desk):
    a_week_of(edition, weekend=400)
    assert not list(find_hours_without_cover(desk, NOBODY_DECIDED))


def test_a_few_slow_answers_are_no_pattern(edition, desk):
    a_week_of(edition, weekend=400)
    add_conversations(edition, [50 * HOUR] * 10, at(3, 8, 16))
    assert not list(find_hours_without_cover(desk, NOBODY_DECIDED))


def test_a_department_without_cover_is_found_where_the_desk_as_a_whole_is_quick(edition, desk):
    a_week_of(edition, weekend=400)
    billing = factories.make_department("Billing").pk
    for week in range(6):
        for day in range(5):
            start = at(2, 2) + timedelta(days=7 * week + day)
            add_conversations(edition, [9 * HOUR if day == 2 else 300] * 4, start, department=billing)
    (found,) = firing(find_hours_without_cover(desk, NOBODY_DECIDED)).values()
    assert found.subject.startswith(f"{billing}:2.5.")
    assert (found.figures["department"], found.figures["share"]) == ("Billing", 0.2)


def test_hours_that_were_decided_on_are_measured_on_and_not_found_again_with_other_edges(edition, desk):
    a_week_of(edition, weekend=31 * HOUR)
    (found,) = find_hours_without_cover(desk, NOBODY_DECIDED)
    a_little_longer = f"all:5.5.{Stretch.from_word(found.figures['stretch']).length + 1}"
    (again,) = find_hours_without_cover(desk, frozenset([a_little_longer]))
    assert (again.subject, again.is_firing, again.figure) == (a_little_longer, True, found.figure)


def test_stretches_run_round_the_week_and_join_alike_nights():
    slow = [False] * A_WEEK
    for day in range(7):
        for span in range(9, 16):
            slow[(12 * day + span) % A_WEEK] = True
    slow[11] = None  # too quiet to say, between slow ones
    (nights,) = stretches_of(slow)
    assert nights.days == tuple(range(7))
    assert say_stretch(nights) == "Mon–Sun 18:00 to 08:00"
    weekend = [False] * A_WEEK
    for span in range(4 * 12 + 9, 7 * 12 + 4):
        weekend[span % A_WEEK] = True
    (stretch,) = stretches_of(weekend)
    assert say_stretch(stretch) == "Fri 18:00 to Mon 08:00"
    assert Stretch.from_word(stretch.word) == stretch
    assert stretches_of([True] * A_WEEK) == []


# ---- layers


def solved(edition: Edition, month: int, *, articles: int, outright: int, after: int = 0) -> None:
    add_sessions(edition, nodes.RESOLVED_BY_ARTICLES, articles, at(month, 10), 1)
    add_sessions(edition, nodes.RESOLVED_OUTRIGHT, outright, at(month, 10))
    add_sessions(edition, nodes.RESOLVED_AFTER, after, at(month, 10), 1)


def test_a_layer_that_lost_share_beyond_chance_is_named(edition, desk):
    solved(edition, 2, articles=60, outright=40)
    solved(edition, 3, articles=35, outright=65)
    found = firing(find_lost_layers(desk, NOBODY_DECIDED))
    assert list(found) == ["articles"]
    told = found["articles"].figures
    assert (told["share"], told["share_before"], told["solved"]) == (0.35, 0.6, 100)
    assert 0 < told["least"] < 0.25 < told["most"]
    assert found["articles"].team_hours == pytest.approx(25 * 6 / 60)


def test_a_small_loss_or_few_sessions_say_nothing(edition, desk):
    solved(edition, 2, articles=60, outright=40)
    solved(edition, 3, articles=55, outright=45)
    assert not firing(find_lost_layers(desk, NOBODY_DECIDED))


def test_the_team_solving_less_outright_is_a_loss_only_where_self_service_failed_first(edition, desk):
    solved(edition, 2, articles=20, outright=80)
    solved(edition, 3, articles=60, outright=40)
    assert not firing(find_lost_layers(desk, NOBODY_DECIDED))
    solved(edition, 3, articles=0, outright=0, after=60)
    assert "outright" in firing(find_lost_layers(desk, NOBODY_DECIDED))


# ---- articles


def test_an_article_that_helps_clearly_fewer_of_its_readers_is_named(edition, desk):
    good, bad = factories.make_article("Return an item").pk, factories.make_article("Charged twice").pk
    add_sessions(edition, nodes.RESOLVED_BY_ARTICLES, 180, at(2, 10), good)
    add_sessions(edition, nodes.RESOLVED_AFTER, 20, at(2, 10), good)
    add_sessions(edition, nodes.RESOLVED_BY_ARTICLES, 20, at(3, 10), bad)
    add_sessions(edition, nodes.RESOLVED_AFTER, 20, at(3, 10), bad)
    found = firing(find_articles_not_helping(desk, NOBODY_DECIDED))
    assert list(found) == [str(bad)]
    told = found[str(bad)]
    assert (told.figure, told.figures["readers"], told.figures["title"]) == (0.5, 40, "Charged twice")
    assert told.figures["average"] == pytest.approx(200 / 240)
    assert told.team_hours == pytest.approx((200 / 240 - 0.5) * 40 / 3 * 6 / 60)


def test_an_article_with_few_readers_or_within_chance_is_not_named(edition, desk):
    good, few, near = (factories.make_article(title).pk for title in ("Return", "Few", "Near"))
    add_sessions(edition, nodes.RESOLVED_BY_ARTICLES, 180, at(2, 10), good)
    add_sessions(edition, nodes.RESOLVED_AFTER, 20, at(2, 10), good)
    add_sessions(edition, nodes.RESOLVED_AFTER, 29, at(3, 10), few)
    add_sessions(edition, nodes.RESOLVED_BY_ARTICLES, 32, at(3, 10), near)
    add_sessions(edition, nodes.RESOLVED_AFTER, 8, at(3, 10), near)
    assert not firing(find_articles_not_helping(desk, NOBODY_DECIDED))


def test_an_article_with_bad_votes_is_named_though_few_read_it(edition, desk):
    good, bad = factories.make_article("Return an item"), factories.make_article("Charged twice")
    visitors = iter(range(1, 100))

    def vote(article, *, helpful: int, not_helpful: int) -> None:
        ArticleVote.objects.bulk_create(
            ArticleVote(
                article=article,
                language="en",
                visitor=f"00000000-0000-4000-8000-{next(visitors):012d}",
                helpful=number < helpful,
                voted_at=at(3, 10),
            )
            for number in range(helpful + not_helpful)
        )

    vote(good, helpful=36, not_helpful=4)
    vote(bad, helpful=3, not_helpful=9)
    found = firing(find_articles_not_helping(desk, NOBODY_DECIDED))
    assert list(found) == [str(bad.pk)]
    assert (found[str(bad.pk)].figure, found[str(bad.pk)].figures["by"]) == (0.25, "votes")


# ---- topics


def test_words_are_brought_to_their_stems_and_pairs_of_them_are_one_in_any_order():
    (said,) = read_texts(["I would like to rent a tent. Tents, please!"], "en")
    tent, pair, nothing = terms_of(["tent renting", "rent a tent", "where is the"], "en")
    assert said.holds(tent)
    assert said.pairs[pair] == "rent a tent"
    assert nothing == ()
    (chinese,) = read_texts(["请问可以用支付宝付款吗"], "zh-hans")
    assert chinese.holds(*terms_of(["支付宝"], "zh-hans"))


def ask(
    edition: Edition, count: int, text: str, month: int = 3, *, tags: tuple[str, ...] = (), **fields
) -> list[int]:
    """So many real tickets whose first message says this, each with its row; first answers after an hour."""
    inbox = factories.make_inbox()
    tickets = []
    for number in range(count):
        with clock.frozen_at(at(month, 5 + number % 20)):
            ticket = factories.make_ticket(
                inbox, text=text, email=f"asks{number}-{inbox.pk}@customer.example"
            )
        SupportConversation.objects.create(
            edition=edition,
            ticket=ticket.pk,
            person=f"c{ticket.contact_id}",
            channel="email",
            language="en",
            tags=list(tags),
            started_by="customer",
            started_at=at(month, 5 + number % 20),
            is_open=False,
            first_response=4 * HOUR,
            **fields,
        )
        tickets.append(ticket.pk)
    return tickets


def search(count: int, query: str, *, results: int = 0, month: int = 3) -> None:
    for number in range(count):
        record(
            names.ARTICLE_SEARCHED,
            by=SYSTEM,
            visitor=f"00000000-0000-4000-9000-{month * 1000 + number:012d}",
            data={"query": query, "results": results, "language": "en"},
            occurred_at=at(month, 6),
        )


def test_a_topic_without_an_article_is_found_in_words_tags_and_searches(edition, desk):
    add_sessions(edition, nodes.RESOLVED_BY_ARTICLES, 8, at(2, 10), 1)
    add_sessions(edition, nodes.RESOLVED_AFTER, 2, at(2, 10), 1)
    tickets = ask(edition, 6, "Can I rent a tent for the summer?", tags=("spare-parts",))
    search(7, "tent rent")
    ask(edition, 2, "How do I rent a tent?", month=2)
    ask(edition, 60, "Hello.")
    found = firing(find_topics_without_article(desk, NOBODY_DECIDED))
    topic = found["en:rent tent"]
    assert topic.figures["topic"] in ("Rent a tent", "Tent rent")
    assert (topic.figures["questions"], topic.figures["conversations"], topic.figures["searches"]) == (
        13,
        6,
        7,
    )
    assert topic.figures["before"] == 2
    assert topic.figures["median"] == 4 * HOUR
    assert sorted(topic.figures["tickets"]) == tickets
    assert topic.team_hours == pytest.approx(13 * 0.8 * 6 / 60)  # questions x helped readers x minutes
    assert topic.waiting_hours == pytest.approx(6 * 0.8 * 4)


def test_a_topic_with_an_article_is_not_found(edition, desk):
    factories.make_article("Rent a tent", "Tents can be rented for a week.")
    ask(edition, 6, "Can I rent a tent for the summer?")
    ask(edition, 60, "Hello.")
    assert not firing(find_topics_without_article(desk, NOBODY_DECIDED))


def test_what_few_ask_is_no_topic_and_a_search_that_led_to_an_article_is_no_question(edition, desk):
    ask(edition, 4, "Can I rent a tent for the summer?")
    search(9, "student discount", results=3)
    for number in range(9):
        record(
            names.ARTICLE_VIEWED,
            by=SYSTEM,
            visitor=f"00000000-0000-4000-9000-{3000 + number:012d}",
            data={"article": 1, "language": "en"},
            occurred_at=at(3, 6) + timedelta(minutes=2),
        )
    assert not list(find_topics_without_article(desk, NOBODY_DECIDED))


def test_turns_of_speech_are_no_topic(edition, desk):
    ask(edition, 12, "Kind regards and many thanks in advance.")
    assert not list(find_topics_without_article(desk, NOBODY_DECIDED))


def test_the_words_of_a_restricted_department_are_not_read(edition, desk):
    board = factories.make_department("Board", is_restricted=True).pk
    ask(edition, 6, "Can I rent a tent for the summer?", department=board)
    ask(edition, 60, "Hello.")
    assert not list(find_topics_without_article(desk, NOBODY_DECIDED))


# ---- what becomes of them


@pytest.fixture
def slower(edition) -> Signal:
    """The signal that Billing became slower in March."""
    billing = factories.make_department("Billing").pk
    for month in (1, 2):
        add_conversations(edition, [600 + 10 * wait for wait in range(20)], at(month, 10), department=billing)
    add_conversations(edition, [2 * HOUR] * 25, at(3, 10), department=billing)
    return next(signal for signal in find_signals(NOW) if signal.kind == "department_slower")


def month_later(edition: Edition, wait: int) -> Signal:
    """What is known after April, in which Billing answered after `wait` seconds."""
    billing = Signal.objects.get(kind="department_slower").subject
    add_conversations(edition, [wait] * 25, at(4, 20), department=int(billing))
    find_signals(at(5, 2))
    return Signal.objects.get(kind="department_slower")


def test_looking_twice_changes_nothing(slower):
    before = list(Signal.objects.order_by("pk").values())
    find_signals(NOW)
    assert list(Signal.objects.order_by("pk").values()) == before


def test_before_the_first_reckoning_there_is_nothing():
    assert find_signals(NOW) == []


def test_a_signal_that_nobody_decided_on_goes_when_its_rule_is_silent(edition, slower):
    add_conversations(edition, [300] * 25, at(4, 20), department=int(slower.subject))
    find_signals(at(5, 2))
    assert not Signal.objects.filter(pk=slower.pk).exists()


@pytest.mark.parametrize(("wait", "verdict"), [(600, "better"), (3 * HOUR, "worse"), (2 * HOUR, "")])
def test_one_taken_on_says_whether_its_figure_moved(edition, slower, wait, verdict):
    ada = factories.make_admin()
    with clock.frozen_at(NOW):
        take_signal(slower, by=ada)
        assert line_of(Signal.objects.get(), ada).moved.startswith("Too early to say")
    later = month_later(edition, wait)
    line = line_of(later, ada)
    assert (later.state, later.figure_when_decided, later.figure) == ("taken", 2 * HOUR, wait)
    assert line.verdict == verdict
    assert line.moved.startswith("first answer after 2 h then, first answer after")


def test_one_dismissed_comes_back_only_when_it_is_half_as_bad_again(edition, slower):
    with clock.frozen_at(NOW):
        dismiss_signal(slower, by=factories.make_admin())
    assert month_later(edition, int(2.5 * HOUR)).state == "dismissed"


def test_one_dismissed_comes_back_when_it_is_half_as_bad_again(edition, slower):
    with clock.frozen_at(NOW):
        dismiss_signal(slower, by=factories.make_admin())
    back = month_later(edition, 3 * HOUR)
    assert (back.state, back.decided_by, back.figure_when_decided) == ("new", None, None)


def test_who_decided_first_is_kept_and_the_decision_can_be_taken_back(slower):
    ada, bob = factories.make_admin("Ada"), factories.make_agent("Bob")
    assert take_signal(slower, by=ada).decided_by == ada
    assert take_signal(slower, by=bob).decided_by == ada
    returned = return_signal(slower, by=bob)
    assert (returned.state, returned.decided_by, returned.decided_at) == ("new", None, None)


def test_a_topic_is_followed_after_its_article_was_written(edition):
    ask(edition, 6, "Can I rent a tent for the summer?")
    ask(edition, 60, "Hello.")
    topic = next(signal for signal in find_signals(NOW) if signal.kind == "topic_without_article")
    ada = factories.make_admin()
    with clock.frozen_at(NOW):
        take_signal(topic, by=ada)
    factories.make_article("Rent a tent", "Tents can be rented for a week.")
    ask(edition, 2, "How do I rent a tent?", month=4)
    assert topic.pk not in {signal.pk for signal in find_signals(at(5, 2))}
    followed = Signal.objects.get(pk=topic.pk)
    assert (followed.figure, followed.is_standing) == (2, False)
    assert line_of(followed, ada).title == "Rent a tent"
    assert line_of(followed, ada).moved == "6 questions a month then, 2 questions a month now: better"


def test_the_job_looks_once_an_hour_and_at_once_when_a_month_is_over(edition):
    cache.clear()
    find_due_signals(NOW)
    solved(edition, 2, articles=60, outright=40)
    solved(edition, 3, articles=30, outright=70)
    find_due_signals(NOW)
    assert not Signal.objects.exists()
    find_due_signals(at(5, 2))
    solved(edition, 4, articles=60, outright=40)
    solved(edition, 5, articles=30, outright=70)
    find_due_signals(at(6, 2))
    assert [signal.subject for signal in Signal.objects.all()] == ["articles"]


# ---- the pages


@pytest.fixture
def leader(client) -> Client:
    client.force_login(factories.make_admin("Lea"))
    return client


def test_a_signal_is_told_with_its_rule_its_mending_and_what_is_behind_it(slower, leader):
    with clock.frozen_at(NOW):
        page = leader.get(reverse("funnel:signals")).content.decode()
    assert (
        "Half of its 25 first answers in March 2026 took more than 2 h; in the three months before, 11 min 35 s."
        in page
    )
    assert "95% intervals of the two medians" in page
    assert reverse("routing:department", args=[int(slower.subject)]) in page
    behind = f"{reverse('funnel:conversations')}?period=custom&amp;since=2026-03-01&amp;until=2026-03-31&amp;figure=replied"
    assert behind in page


def test_a_topic_leads_to_a_new_article_that_has_its_title_already(edition, leader):
    ask(edition, 6, "Can I rent a tent for the summer?")
    ask(edition, 60, "Hello.")
    topic = next(signal for signal in find_signals(NOW) if signal.kind == "topic_without_article")
    line = line_of(topic, factories.make_agent())
    assert line.behind.endswith(f"&signal={topic.pk}")
    factories.make_section()
    assert 'value="Rent a tent"' in leader.get(line.mending.url).content.decode()


def test_an_agent_is_not_sent_to_a_screen_that_only_admins_may_open(slower):
    line = line_of(slower, factories.make_agent())
    assert line.mending is None
    assert line_of(slower, factories.make_admin()).mending is not None


def test_a_signal_is_taken_on_by_one_press_and_given_back_by_another(slower, leader):
    url = reverse("funnel:decide", args=[slower.pk])
    answer = leader.post(url, {"state": "taken"}, headers={"HX-Request": "true"})
    assert "Taken on by" in answer.content.decode() and "Lea" in answer.content.decode()
    assert Signal.objects.get(pk=slower.pk).state == "taken"
    answer = leader.post(url, {"state": "new"})
    assert answer.status_code == 302
    assert Signal.objects.get(pk=slower.pk).state == "new"
    assert leader.post(url, {"state": "gone"}).status_code == 400


def test_dismissed_ones_are_folded_and_listed_apart(slower, leader):
    leader.post(reverse("funnel:decide", args=[slower.pk]), {"state": "dismissed"})
    shown = signals_page(factories.make_admin("Ada"))
    assert [line.signal.pk for line in shown["dismissed"]] == [slower.pk]
    assert shown["standing"] == []


def test_a_desk_without_a_full_month_is_told_when_the_first_look_will_be(edition, leader):
    add_sessions(edition, nodes.RESOLVED_OUTRIGHT, 3, at(4, 5))
    with clock.frozen_at(NOW):
        page = leader.get(reverse("funnel:signals")).content.decode()
    assert "the first look will be on 1 May 2026" in page


def test_a_month_without_signals_says_so(edition, leader):
    add_sessions(edition, nodes.RESOLVED_OUTRIGHT, 3, at(3, 5))
    with clock.frozen_at(NOW):
        page = leader.get(reverse("funnel:signals")).content.decode()
    assert "Nothing stands out in March 2026" in page
