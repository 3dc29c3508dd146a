"""What a picture shows, in words: said in the composer, told to whoever can't see it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from helpdesk.tickets.models import Attachment
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def send(desk, ticket, files, descriptions):
    form = {"kind": "note", "text": "Look", "files": files, "description": descriptions}
    return desk.post(f"/desk/tickets/{ticket.pk}/messages/", form, follow=True).content.decode()


def test_the_words_stand_with_their_picture_in_the_timeline(desk):
    files = [SimpleUploadedFile("a.pdf", b"%PDF"), SimpleUploadedFile("b.png", PNG, content_type="image/png")]
    page = send(desk, make_ticket(), files, ["", " The red\n button "])
    assert list(Attachment.objects.order_by("pk").values_list("description", flat=True)) == [
        "",
        "The red button",
    ]
    assert 'alt="The red button"' in page


def test_words_that_do_not_fit_the_files_are_told_of_none(desk):
    files = [SimpleUploadedFile("b.png", PNG, content_type="image/png")]
    send(desk, make_ticket(), files, ["One", "Two"])
    assert Attachment.objects.get().description == ""
