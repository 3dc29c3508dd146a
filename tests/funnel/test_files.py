"""The report as a PDF and as a PNG: the numbers of the page, in the reader's language, whatever names stand in it."""

import io
import re

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override
from django_ratelimit.core import is_ratelimited
from PIL import Image
from pypdf import PdfReader

from funnel.files.typesetting import FONTS, fonts
from funnel.files.views import LIMIT
from funnel.page.filling import SAY
from funnel.page.tiles import SELF_SERVICE, TEAM
from funnel.report.wording import say_count, say_month
from funnel.sessions import nodes
from helpdesk.people.models import Workspace
from tests import factories
from tests.funnel.histories import IN_JANUARY

pytestmark = pytest.mark.django_db
HOSTILE = '#panic("x") $x$ *b* \\ <svg onload="x"> ]] {{ }} "quoted"'


def read_pdf(client: Client, **asked: str | list[str]) -> PdfReader:
    response = client.get(reverse("funnel:pdf"), asked)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content))


def words_of(file: PdfReader) -> str:
    """The text of all pages, its white space made one."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in file.pages))


def run_together(words: str) -> str:
    """Without white space: where a cell breaks its line differs by language."""
    return re.sub(r"\s+", "", words)


def read_png(client: Client, **asked: str) -> Image.Image:
    response = client.get(reverse("funnel:png"), asked)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    return Image.open(io.BytesIO(response.content)).convert("RGB")


def lightness(colour: tuple[int, ...]) -> float:
    return sum(colour) / 3


def test_the_pdf_is_a4_and_says_whose_report_it_is(leader, january):
    Workspace.objects.update(name="Fernweh Supply")
    file = read_pdf(leader, **IN_JANUARY)
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in file.pages} == {(842, 595)}
    assert 2 <= len(file.pages) <= 4
    words = words_of(file)
    assert "Fernweh Supply" in words
    assert "Self-service solved 33.3% of 9 problems." in words
    assert file.trailer["/Root"]["/Lang"] == "en"
    assert "/StructTreeRoot" in file.trailer["/Root"]  # tagged: a screen reader finds headings and tables


@pytest.mark.parametrize("language", ["en", "it", "ro", "zh-hans"])
def test_the_pdf_says_the_numbers_of_the_json(client, january, language):
    client.force_login(factories.make_agent("Lea", language=language))
    given = client.get(reverse("funnel:json"), IN_JANUARY).json()
    words = run_together(words_of(read_pdf(client, **IN_JANUARY)))
    with override(language):
        for tile in (*SELF_SERVICE, *TEAM):
            say = SAY[tile.unit]
            row = f"{tile.label}{say(given[tile.key])}{say(given['previous'][tile.key])}"
            assert run_together(row) in words
        for source, target, value in given["links"]:
            assert run_together(f"{nodes.LABEL[source]}{nodes.LABEL[target]}{say_count(value)}") in words
        month = given["months"][0]
        row = f"{say_month(month['month'])}{month['sessions']}{month['self_service']}"
        assert run_together(row) in words


def test_every_letter_of_the_pdf_is_in_its_fonts(client, january):
    """Chinese and the commas below of Romanian too, with nothing of the system: each face in use is ours."""
    Workspace.objects.update(name="Țară și căldură")
    client.force_login(factories.make_agent("Lea", language="zh-hans"))
    file = read_pdf(client, **IN_JANUARY)
    used = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for page in file.pages
        for font in page["/Resources"]["/Font"].values()
    }
    ours = {path.stem for path in FONTS.glob("*.otf")}
    assert {name.removesuffix("-Identity-H") for name in used} <= ours
    assert "Țară și căldură" in words_of(file)


def test_the_sheets_are_set_in_fonts_that_we_bring():
    assert {"Helpdesk Sans", "Helpdesk Sans SC", "Helpdesk Sans SC Strong"} <= set(fonts().families())


def test_the_pdf_has_the_desk_by_department_and_channel_but_names_no_teammate(leader, january):
    words = words_of(read_pdf(leader, **IN_JANUARY))
    assert "By department" in words
    assert "By channel" in words
    assert "By teammate" not in words


def test_the_png_is_wide_enough_for_a_slide_and_has_two_themes(leader, january):
    light, dark = read_png(leader, **IN_JANUARY), read_png(leader, **IN_JANUARY, theme="dark")
    assert light.size == dark.size
    assert light.width == 2480
    assert light.height > 1000
    assert lightness(light.getpixel((5, 5))) > 250
    assert lightness(dark.getpixel((5, 5))) < 40
    assert len(light.getcolors(1 << 20)) > 100  # something is drawn


def test_a_filter_holds_in_the_files(leader, january):
    asked = IN_JANUARY | {"channel": ["email"]}
    assert leader.get(reverse("funnel:json"), asked).json()["new"] == 1
    words = words_of(read_pdf(leader, **asked))
    assert "(Email)" in words
    assert "New conversations 1 " in words


def test_a_hostile_name_is_set_letter_by_letter(leader, january):
    Workspace.objects.update(name=HOSTILE[:80])
    department = factories.make_department(HOSTILE[:60])
    asked = IN_JANUARY | {"department": [str(department.pk)]}
    words = words_of(read_pdf(leader, **asked))
    assert '#panic("x") $x$ *b*' in words
    assert read_png(leader, **asked).width == 2480


def test_a_desk_where_nothing_happened_has_files_too(leader):
    words = words_of(read_pdf(leader, **IN_JANUARY))
    assert "Nothing has been solved in this period yet." in words
    assert read_png(leader, **IN_JANUARY).width == 2480


def test_only_the_team_gets_the_files(client):
    for name in ("pdf", "png"):
        response = client.get(reverse(f"funnel:{name}"))
        assert response.status_code == 302
        assert response.url.startswith("/login/")


def test_who_asks_for_files_without_end_is_stopped(client, january, settings):
    settings.RATELIMIT_ENABLE = True
    lea, leo = factories.make_agent("Lea"), factories.make_agent("Leo")
    asked = RequestFactory().get("/")
    asked.user = lea
    for user, status in ((lea, 403), (leo, 200)):
        client.force_login(user)
        for name in ("png", "pdf"):
            for _time in range(20):  # just before: the minute that counts may end at any time
                is_ratelimited(asked, **LIMIT, increment=True)
            assert client.get(reverse(f"funnel:{name}"), IN_JANUARY).status_code == status
