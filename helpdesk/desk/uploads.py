"""Files an agent attaches, from the form to the contract's shape."""

from collections.abc import Sequence

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from helpdesk.errors import Invalid
from helpdesk.inboxes.contract import InboundFile

MOST = 20


def files_from(uploads: list[UploadedFile], descriptions: Sequence[str] = ()) -> list[InboundFile]:
    """`descriptions`: what each shows, in the same order; without one for each of them, none is told. Raises Invalid where
    there are too many or they are too big together."""
    if len(uploads) > MOST:
        raise Invalid(_("At most %(most)s files.") % {"most": MOST}, field="files")
    if sum(upload.size for upload in uploads) > settings.ATTACHMENT_MAX_BYTES:
        most = filesizeformat(settings.ATTACHMENT_MAX_BYTES)
        raise Invalid(_("The files are bigger than %(most)s together.") % {"most": most}, field="files")
    words = descriptions if len(descriptions) == len(uploads) else [""] * len(uploads)
    return [
        InboundFile(upload.name, upload.content_type or "", upload.read(), description=description)
        for upload, description in zip(uploads, words, strict=True)
    ]
