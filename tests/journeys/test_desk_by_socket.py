"""An agent's line into a chat goes by the socket of the open page; where that gives no answer, by the form, and once."""

from contextlib import contextmanager
from uuid import uuid4

from playwright.sync_api import expect

from helpdesk.inboxes.contract import Sender
from helpdesk.tickets.models import Message
from tests.factories import customer_writes, make_agent, make_inbox, make_ticket
from tests.journeys.conftest import PASSWORD
from tests.journeys.outage import eventually
from tests.journeys.test_desk_on_its_way import go_on_to, write

# What the agent's browser posts as a message.
POSTS = "**/desk/tickets/*/messages/**"


class Between:
    """Stands between the page and its socket: what the server answers to a line, or the line itself, may be kept back."""

    def __init__(self, page):
        self.page, self.socket = page, None
        self.is_used = False
        self.keeps = ""
        self.kept = []
        self.posts = []
        page.route_web_socket("**/ws/desk/", self.open)
        page.route(POSTS, self.post)

    def open(self, socket):
        server = socket.connect_to_server()
        self.socket = socket
        socket.on_message(lambda words: self.use(words, server))
        server.on_message(lambda words: self.pass_on(words, 'nswered"', socket))

    def use(self, words, server):
        self.is_used = True
        self.pass_on(words, '"answer"', server)

    def pass_on(self, words, mark, to):
        if self.keeps and self.keeps in words and mark in words:
            self.kept.append((to, words))
        else:
            to.send(words)

    def post(self, route):
        self.posts.append(route.request.url)
        route.continue_()

    def wait(self):
        """Until something was kept back."""
        eventually(lambda: self.kept or self.page.wait_for_timeout(20))

    def wait_for_posts(self, number):
        """A line that came shows by itself, before the page has found out that nobody heard so."""
        eventually(lambda: len(self.posts) >= number or self.page.wait_for_timeout(20))
        assert len(self.posts) == number

    def wait_for_line(self):
        """Until the page says something by its socket: it shows `live` a moment longer than it has one."""
        eventually(lambda: self.is_used or self.page.wait_for_timeout(20))

    def let_go(self):
        self.keeps = ""
        for to, words in self.kept:
            to.send(words)

    def cut(self):
        self.keeps, self.is_used = "", False
        self.socket.close()


LINE, ANSWER = '"answer"', '"answered"'


@contextmanager
def kept_back(between, what):
    between.keeps = what
    yield
    between.let_go()


def chat(text="Where is my parcel?", **sender):
    return customer_writes(
        make_inbox("webchat"), text, sender=Sender("visitor", str(uuid4()), **sender)
    ).ticket


def at_the_desk(as_agent, ticket):
    page = as_agent(make_agent("Alice Ray", password=PASSWORD), "/account/")
    between = Between(page)
    page.goto(f"/desk/tickets/{ticket.pk}/?view=open")
    page.wait_for_selector("html[data-live=live]")
    return page, between


def sent():
    return [message.text for message in Message.objects.filter(kind=Message.Kind.OUTGOING).order_by("pk")]


def test_a_second_line_is_written_and_sent_while_the_first_is_on_its_way_and_none_is_posted(as_agent):
    page, between = at_the_desk(as_agent, chat())
    with kept_back(between, ANSWER):
        write(page, "It is in Graz.")
        expect(page.locator("#composer-text")).to_have_value("")
        between.wait()
        page.keyboard.type("Tomorrow with you.")
        page.keyboard.press("Control+Enter")
        assert sent() == ["It is in Graz."]
    expect(page.locator(".message--outgoing")).to_have_count(2)
    expect(page.locator(".message--outgoing").last).to_contain_text("Tomorrow with you.")
    expect(page.locator("#composer-text")).to_have_value("")
    assert sent() == ["It is in Graz.", "Tomorrow with you."]
    assert between.posts == [] and page.problems == []
    page.reload()
    expect(page.locator(".message--outgoing")).to_have_count(2)
    expect(page.locator("#composer-text")).to_have_value("")


def test_a_line_whose_socket_is_cut_goes_by_the_form_once_and_what_was_begun_below_it_stays(as_agent):
    page, between = at_the_desk(as_agent, chat())
    for number, what in enumerate((LINE, ANSWER), 1):  # it never came there; or it came, and nobody heard so
        between.wait_for_line()
        between.kept, between.keeps = [], what
        page.locator("#composer-text").fill(f"Line {number}")
        page.locator("#composer-text").press("Control+Enter")
        expect(page.locator("#composer-text")).to_have_value("")
        between.wait()
        page.keyboard.type("And one more thing")
        between.cut()
        expect(page.locator(".message--outgoing")).to_have_count(number)
        expect(page.locator("#composer-text")).to_have_value("And one more thing")
        between.wait_for_posts(number)
    assert sent() == ["Line 1", "Line 2"]


def test_a_line_that_is_refused_is_in_the_composer_again_with_what_the_customer_wrote_meanwhile(as_agent):
    ticket = chat()
    visitor = ticket.contact.identities.get(kind="visitor")
    page, between = at_the_desk(as_agent, ticket)
    with kept_back(between, LINE):
        write(page, "It is in Graz.")
        between.wait()
        customer_writes(ticket.inbox, "It came!", sender=Sender("visitor", visitor.value))
        expect(page.locator(".thread")).to_contain_text("It came!")
    expect(page.locator("#composer [role=alert]")).to_be_visible()
    expect(page.locator("#composer-text")).to_have_value("It is in Graz.")
    assert sent() == []
    page.locator("#send").click()
    expect(page.locator(".message--outgoing")).to_contain_text("It is in Graz.")
    assert sent() == ["It is in Graz."]


def go_on_and_be_refused(page, between, parcel):
    """The agent has gone on to another ticket when the customer's next message stops their line."""
    visitor = parcel.contact.identities.get(kind="visitor")
    invoice = make_ticket(text="The invoice is wrong.", subject="Invoice", email="dan@customer.example")
    with kept_back(between, LINE):
        write(page, "It is in Graz.")
        between.wait()
        go_on_to(page, invoice)
        customer_writes(parcel.inbox, "It came!", sender=Sender("visitor", visitor.value))
    expect(page.locator("#toasts")).to_contain_text(f"#{parcel.pk}:")


def test_a_line_that_is_refused_after_its_writer_went_on_is_kept_and_told(as_agent):
    parcel = chat()
    page, between = at_the_desk(as_agent, parcel)
    go_on_and_be_refused(page, between, parcel)
    expect(page.locator("#composer-text")).to_have_value("")
    page.goto(f"/desk/tickets/{parcel.pk}/?view=open")
    expect(page.locator("#composer-text")).to_have_value("It is in Graz.")
    assert sent() == []


def test_a_refused_line_stays_on_a_page_that_was_drawn_before_it_was_a_draft(as_agent):
    parcel = chat()
    page, between = at_the_desk(as_agent, parcel)
    path, posted, drafts = f"/desk/tickets/{parcel.pk}/?view=open", [], []
    page.route("**/draft/", lambda route: posted.append(route))
    go_on_and_be_refused(page, between, parcel)
    eventually(lambda: posted or page.wait_for_timeout(20))

    def draw_first(route):
        drawn = route.fetch()
        for post in posted:
            post.continue_()
        eventually(lambda: drafts or page.wait_for_timeout(20))
        route.fulfill(response=drawn)

    page.route(f"**{path}", draw_first)
    page.on("requestfinished", lambda request: drafts.append(request) if "/draft/" in request.url else None)
    page.goto(path)
    expect(page.locator("#composer-text")).to_have_value("It is in Graz.")
