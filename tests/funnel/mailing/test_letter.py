"""What the report by mail says, in its reader's language, and the headers it bears."""

import io
import re
from datetime import timedelta

import pytest
from pypdf import PdfReader

from funnel.models import ReportMail
from funnel.sharing.mailing import send_report
from funnel.sharing.schedules import make_due_mails
from helpdesk import clock
from tests import factories
from tests.funnel.mailing.january import JANUARY_OVER, html_of, monthly, text_of

pytestmark = pytest.mark.django_db


def test_the_mail_says_the_headline_and_six_figures_in_both_forms(sent):
    mail = sent()
    assert mail["Subject"].endswith("support report, January 2026")
    for form in (text_of(mail), html_of(mail)):
        assert "Self-service solved 33.3% of 9 problems." in form
        for figure in ("33.3%", "11", "7", "13 min 30 s", "9 h 5 min", "60.0%"):
            assert figure in form
    assert html_of(mail).count('class="figure"') == 6


def test_the_report_as_a_pdf_comes_along(sent):
    (attached,) = sent(language="it").iter_attachments()
    assert attached.get_filename() == "funnel-2026-01-01-2026-01-31.pdf"
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(attached.get_content())).pages)
    assert "33,3" in words


def test_the_mail_speaks_its_readers_language(sent):
    mail = sent(language="it")
    assert "33,3" in text_of(mail)
    assert '<html lang="it">' in html_of(mail)
    assert "gennaio 2026" in mail["Subject"]


def test_filters_hold_in_the_mail_and_are_named(sent):
    mail = sent(words={"period": "year", "channel": ["email"]})
    assert re.search(r"New conversations: 1\b", text_of(mail))
    assert "Email" in text_of(mail)


def test_a_mail_whose_filter_is_gone_is_not_sent_without_it(january, lea, smtp_sink):
    gone = factories.make_department("Gone")
    monthly(lea, words={"department": [str(gone.pk)]})
    gone.delete()
    with clock.frozen_at(JANUARY_OVER):
        make_due_mails()
        send_report(ReportMail.objects.get().pk)
    assert ReportMail.objects.get().state == "failed"
    assert not smtp_sink.envelopes


def test_its_link_opens_the_same_month_without_an_account(sent, client):
    mail = sent()
    (url,) = set(re.findall(r"http://testserver(/funnel/shared/\S+/)", text_of(mail)))
    with clock.frozen_at(JANUARY_OVER):
        assert "Self-service solved 33.3% of 9 problems." in client.get(url).content.decode()
    with clock.frozen_at(JANUARY_OVER + timedelta(days=34)):
        assert "1 January 2026 to 31 January 2026" in client.get(url).content.decode()
    with clock.frozen_at(JANUARY_OVER + timedelta(days=36)):
        assert client.get(url).status_code == 404


def test_its_headers_are_those_of_a_machine_that_can_be_told_to_stop(sent, settings):
    settings.PUBLIC_URL = "https://help.shop.example"
    settings.DEFAULT_FROM_EMAIL = "reports@shop.example"
    mail = sent()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@shop.example>")
    assert mail["From"].addresses[0].addr_spec == "reports@shop.example"
    assert re.fullmatch(
        r"<https://help\.shop\.example/funnel/unsubscribe/\S+/>", mail["List-Unsubscribe"].strip()
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_is_offered_over_https_only(sent):
    mail = sent()
    assert mail["List-Unsubscribe"].strip().startswith("<http://testserver/")
    assert mail["List-Unsubscribe-Post"] is None
