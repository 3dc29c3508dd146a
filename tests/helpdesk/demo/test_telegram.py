"""The pretend Telegram: its wire format, and the whole way from the phone to the desk and back, over real HTTP."""

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from helpdesk.demo.filling import fill_demo
from helpdesk.demo.history import fill_history
from helpdesk.demo.models import TelegramBot, TelegramChat, TelegramLine
from helpdesk.demo.people import fill_people
from helpdesk.demo.telegram.chats import start_chat
from helpdesk.demo.telegram.filling import fill_telegram
from helpdesk.inboxes.contract import InboundFile
from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.people.models import ContactIdentity
from helpdesk.tickets.delivery import deliver
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import reply
from tests.factories import by, forget_transports, make_agent
from tests.helpdesk.demo.test_filling import FILLERS, fill_departments

pytestmark = pytest.mark.urls("tests.helpdesk.demo.urls")
PAGE = "/demo/telegram/"


@pytest.fixture
def bot(db) -> TelegramBot:
    fill_departments()
    fill_people()
    fill_telegram()
    return TelegramBot.objects.get()


@pytest.fixture
def anna(bot) -> TelegramChat:
    return start_chat("Anna Walker", language="en")


@pytest.fixture
def phone(transactional_db, live_server, settings, bot) -> httpx.Client:
    """The browser of a customer, and the site listening for its own calls."""
    settings.TELEGRAM_API_BASE = f"{live_server.url}{PAGE}api"
    settings.PUBLIC_URL = live_server.url
    settings.JOBS_INLINE = True
    forget_transports()
    with httpx.Client(base_url=live_server.url, follow_redirects=True, trust_env=False) as browser:
        yield browser
    forget_transports()


def ask(client: Client, bot: TelegramBot, method: str, token: str = "", **fields) -> tuple[int, dict]:
    address = f"{PAGE}api/bot{token or bot.token}/{method}"
    answer = client.post(address, fields, content_type="application/json")
    return answer.status_code, answer.json()


def send(client: Client, bot: TelegramBot, method: str, **fields) -> tuple[int, dict]:
    answer = client.post(f"{PAGE}api/bot{bot.token}/{method}", fields)
    return answer.status_code, answer.json()


def write(phone: httpx.Client, chat: TelegramChat, text: str, **form) -> httpx.Response:
    phone.get(f"{PAGE}chats/{chat.pk}/")  # the form, with its token
    data = {"text": text, "csrfmiddlewaretoken": phone.cookies["csrftoken"]}
    return phone.post(f"{PAGE}chats/{chat.pk}/lines/", data=data, **form)


# ---- the wire format


def test_the_bot_says_who_it_is(client, bot):
    status, said = ask(client, bot, "getMe")
    assert (status, said["ok"]) == (200, True)
    assert said["result"]["username"] == "fernweh_supply_bot" and said["result"]["is_bot"] is True
    assert bot.token.startswith(f"{said['result']['id']}:")


@pytest.mark.parametrize("method", ["getMe", "sendMessage", "nonsense"])
def test_an_unknown_token_is_unauthorized(client, bot, method):
    refused = {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert ask(client, bot, method, token="1:another", chat_id=1, text="x") == (401, refused)


def test_an_unknown_method_is_not_found(client, bot):
    assert ask(client, bot, "sendTelepathy") == (
        404,
        {"ok": False, "error_code": 404, "description": "Not Found"},
    )


def test_a_sent_message_comes_back_as_telegram_describes_it(client, bot, anna):
    status, said = ask(client, bot, "sendMessage", chat_id=str(anna.pk), text="On its way.")
    message, line = said["result"], TelegramLine.objects.get()
    assert (status, said["ok"], message["text"]) == (200, True, "On its way.")
    assert message["chat"] == {
        "id": anna.pk,
        "type": "private",
        "first_name": "Anna",
        "last_name": "Walker",
    }
    assert (message["message_id"], message["date"]) == (line.message_id, int(line.at.timestamp()))
    again = ask(client, bot, "sendMessage", chat_id=anna.pk, text="Really.")[1]["result"]
    assert again["message_id"] == message["message_id"] + 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": "x"}, "chat not found"),
        ({"chat_id": 5, "text": "x"}, "chat not found"),
        ({"chat_id": "-²", "text": "x"}, "chat not found"),
        ({"chat_id": "anna", "text": " "}, "message text is empty"),
        ({"chat_id": "anna", "text": "👍" * 2049}, "message is too long"),
    ],
)
def test_what_telegram_refuses_is_refused_in_its_words(client, bot, anna, fields, words):
    if fields.get("chat_id") == "anna":
        fields = fields | {"chat_id": anna.pk}
    refused = {"ok": False, "error_code": 400, "description": f"Bad Request: {words}"}
    assert ask(client, bot, "sendMessage", **fields) == (400, refused)
    assert not TelegramLine.objects.exists()


def test_what_is_no_json_object_is_refused(client, bot):
    for body in ("[1]", "{", "[" * 100_000):
        answer = client.post(f"{PAGE}api/bot{bot.token}/getMe", body, content_type="application/json")
        assert (answer.status_code, answer.json()["error_code"]) == (400, 400)


def test_a_document_can_be_fetched_again_by_its_id(client, bot, anna):
    file = SimpleUploadedFile("invoice ü.pdf", b"%PDF", "application/pdf")
    status, said = send(client, bot, "sendDocument", chat_id=anna.pk, document=file, caption="Here")
    document = said["result"]["document"]
    assert (status, said["result"]["caption"]) == (200, "Here")
    assert (document["file_name"], document["mime_type"], document["file_size"]) == (
        "invoice ü.pdf",
        "application/pdf",
        4,
    )
    path = ask(client, bot, "getFile", file_id=document["file_id"])[1]["result"]["file_path"]
    assert client.get(f"{PAGE}api/file/bot{bot.token}/{path}").content == b"%PDF"
    assert client.get(f"{PAGE}api/file/bot1:another/{path}").status_code == 404
    assert ask(client, bot, "getFile", file_id="nothing")[0] == 400


def test_a_photo_comes_back_as_a_list_of_sizes(client, bot, anna):
    file = SimpleUploadedFile("tent.jpg", b"JFIF", "image/jpeg")
    status, said = send(client, bot, "sendPhoto", chat_id=anna.pk, photo=file)
    assert (status, said["result"]["photo"][-1]["file_size"]) == (200, 4)
    assert send(client, bot, "sendPhoto", chat_id=anna.pk)[1]["description"].startswith("Bad Request")


def test_the_webhook_is_what_was_set_and_only_on_this_site(client, bot, settings):
    url = f"{settings.PUBLIC_URL}/hooks/telegram/another/"
    assert ask(client, bot, "setWebhook", url=url, secret_token="s")[1] == {"ok": True, "result": True}
    assert ask(client, bot, "getWebhookInfo")[1]["result"]["url"] == url
    assert ask(client, bot, "setWebhook", url="http://169.254.169.254/latest/")[0] == 400
    bot.refresh_from_db()
    assert (bot.webhook_path, bot.webhook_secret) == ("/hooks/telegram/another/", "s")


# ---- the whole way


@pytest.mark.django_db(transaction=True)
def test_the_whole_loop_from_the_phone_to_the_desk_and_back(phone, anna):
    page = write(phone, anna, "Where is my parcel?")
    assert page.status_code == 200 and "Where is my parcel?" in page.text
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.contact.name) == ("telegram", "Anna Walker")
    message = reply(ticket, "In Graz, <b>since</b> today.", by=by(make_agent("Marco")))
    deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, message.error) == ("sent", "")
    news = phone.get(f"{PAGE}chats/{anna.pk}/news/", params={"seen": "0-0"})
    assert "In Graz, &lt;b&gt;since&lt;/b&gt; today." in news.text
    write(phone, anna, "Thanks!")
    said = ticket.messages.in_order().values_list("kind", "text")
    assert [text for kind, text in said if kind == "incoming"] == ["Where is my parcel?", "Thanks!"]
    assert not RawMessage.objects.exclude(outcome__in=["created", "appended"]).exists()


@pytest.mark.django_db(transaction=True)
def test_files_travel_both_ways(phone, anna):
    write(phone, anna, "Torn here", files={"file": ("seam.jpg", b"JFIF", "image/jpeg")})
    message = Message.objects.get()
    kept = message.attachments.get()
    assert (message.text, kept.name, kept.file.read()) == ("Torn here", "seam.jpg", b"JFIF")
    files = [InboundFile("label.pdf", "application/pdf", b"%PDF")]
    answer = reply(message.ticket, "Print this.", by=by(make_agent()), files=files)
    deliver(answer.pk)
    line = TelegramLine.objects.get(file_name="label.pdf")
    assert f'href="{PAGE}files/{line.file_key}/"' in phone.get(f"{PAGE}chats/{anna.pk}/").text
    download = phone.get(f"{PAGE}files/{line.file_key}/")
    assert (download.content, download.headers["Content-Type"]) == (b"%PDF", "application/octet-stream")
    assert download.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.django_db(transaction=True)
def test_what_the_helpdesk_refused_waits_and_goes_out_in_order(phone, anna):
    right = TelegramBot.objects.get().webhook_secret
    TelegramBot.objects.update(webhook_secret="wrong")
    assert "did not take this yet" in write(phone, anna, "One").text
    assert not RawMessage.objects.exists()
    TelegramBot.objects.update(webhook_secret=right)
    assert "did not take this yet" not in write(phone, anna, "Two").text
    assert list(Message.objects.order_by("pk").values_list("text", flat=True)) == ["One", "Two"]


@pytest.mark.django_db(transaction=True)
def test_the_settings_screen_can_connect_the_pretend_bot_anew(phone, anna, client):
    client.login(username="admin@example.com", password="demo-helpdesk")
    inbox = Inbox.objects.get(kind="telegram")
    TelegramBot.objects.update(webhook_path="", webhook_secret="")
    client.post(f"/settings/inboxes/{inbox.pk}/connection/")
    bot = TelegramBot.objects.get()
    assert bot.webhook_path == "/hooks/telegram/fernweh-telegram/" and bot.webhook_secret
    write(phone, anna, "Hello")
    assert Message.objects.get().text == "Hello"


@pytest.mark.django_db(transaction=True)
def test_customers_of_the_history_can_be_answered(phone):
    fill_history(240)
    TelegramBot.objects.all().delete()
    fill_telegram()
    ticket = Ticket.objects.awake().filter(channel="telegram").order_by("last_message_at").first()
    known = ticket.contact.identities.get(kind=ContactIdentity.Kind.TELEGRAM)
    answer = reply(ticket, "We have found it.", by=by(make_agent()))
    deliver(answer.pk)
    answer.refresh_from_db()
    assert (answer.state, answer.error) == ("sent", "")
    page = phone.get(f"{PAGE}chats/{known.value}/").text
    assert "We have found it." in page and ticket.contact.name in page


# ---- the page


@pytest.mark.django_db
def test_three_phones_show_what_was_said_so_far(client, bot, settings):
    fill_history(240)
    TelegramBot.objects.all().delete()
    fill_telegram()
    settings.TELEGRAM_API_BASE = f"http://127.0.0.1:8000{PAGE}api"
    assert TelegramChat.objects.count() == 3
    for chat in TelegramChat.objects.all():
        inbox = Inbox.objects.get(kind="telegram")
        first = chat.lines.earliest("pk")
        assert Message.objects.filter(external_id=f"tg{inbox.pk}:{chat.pk}:{first.message_id}").exists()
    assert client.get(PAGE).content.count(b"phone-line--mine") >= 1


@pytest.mark.django_db
def test_somebody_new_takes_up_a_phone(client, bot, settings):
    settings.TELEGRAM_API_BASE = f"http://127.0.0.1:8000{PAGE}api"
    page = client.post(f"{PAGE}chats/", {"name": "Zoë van Dijk"}, follow=True).content.decode()
    chat = TelegramChat.objects.get()
    assert (chat.first_name, chat.last_name, chat.initials) == ("Zoë", "van Dijk", "ZV")
    assert "Nothing was said yet" in page and "Zoë van Dijk" in page


@pytest.mark.django_db
def test_the_poll_is_silent_until_something_comes(client, bot, anna):
    news = f"{PAGE}chats/{anna.pk}/news/"
    assert client.get(news, {"seen": "0-0"}).status_code == 204
    ask(client, bot, "sendMessage", chat_id=anna.pk, text="https://shop.example/rate/x/5/")
    fresh = client.get(news, {"seen": "0-0"}).content.decode()
    assert 'href="https://shop.example/rate/x/5/"' in fresh and "<html" not in fresh
    assert 'hx-swap-oob="true"' in fresh


@pytest.mark.django_db
def test_a_file_that_telegram_would_not_bring_is_refused_in_words(client, bot, anna, settings):
    settings.TELEGRAM_API_BASE = f"http://127.0.0.1:8000{PAGE}api"
    file = SimpleUploadedFile("film.mp4", b"x" * (20 * 2**20 + 1), "video/mp4")
    page = client.post(f"{PAGE}chats/{anna.pk}/lines/", {"text": "", "file": file}).content.decode()
    assert "up to 20 MB" in page
    assert not TelegramLine.objects.exists()


@pytest.mark.django_db
def test_where_the_operator_named_another_telegram_the_page_says_so(client, bot, settings):
    settings.TELEGRAM_API_BASE = "https://api.telegram.org"
    assert "There is no pretend bot here" in client.get(PAGE).content.decode()


@pytest.mark.django_db
def test_the_page_is_linked_from_the_shop(client, settings):
    settings.DEMO_FILLERS = [*FILLERS, "helpdesk.demo.telegram.filling.fill_telegram"]
    fill_demo()
    assert client.get("/demo/").content.decode().count(f'href="{PAGE}"') == 2


@pytest.mark.django_db
@pytest.mark.urls("helpdesk.urls")
def test_without_demo_there_is_no_pretend_telegram(client):
    assert client.get(PAGE).status_code == 404
    assert client.post(f"{PAGE}api/bot1:x/getMe").status_code == 404
