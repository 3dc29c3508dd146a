"""Files that a visitor sends: how many, how large, of which kinds."""

from collections.abc import Iterable

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from helpdesk.errors import Invalid
from helpdesk.inboxes.contract import InboundFile

MOST_FILES = 5
MOST_BYTES = min(10 * 2**20, settings.ATTACHMENT_MAX_BYTES)
# Ending -> the type it is kept and handed out under; what the browser says about it is not believed.
KINDS = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heic",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "log": "text/plain",
    "csv": "text/csv",
    "json": "application/json",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "zip": "application/zip",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
}
# How files that are shown as pictures begin; one that only calls itself a picture stays a download.
PICTURES = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
ACCEPT = ",".join(f".{ending}" for ending in KINDS)


def read_uploads(uploads: Iterable[UploadedFile]) -> list[InboundFile]:
    """The files of one message, read. Raises Invalid with a sentence that names the file and the limit."""
    uploads = list(uploads)
    if len(uploads) > MOST_FILES:
        raise Invalid(_("At most %(most)s files at once.") % {"most": MOST_FILES}, field="files")
    return [read_upload(upload) for upload in uploads]


def read_upload(upload: UploadedFile) -> InboundFile:
    name = upload.name or "file"
    kind = KINDS.get(name.rpartition(".")[2].lower())
    if kind is None:
        raise Invalid(_("Files of this kind can't be sent: %(name)s") % {"name": name}, field="files")
    if upload.size > MOST_BYTES:
        size = {"name": name, "most": MOST_BYTES // 2**20}
        raise Invalid(_("%(name)s is larger than %(most)s MB.") % size, field="files")
    content = upload.read()
    if kind in PICTURES and not content.startswith(PICTURES[kind]):
        kind = "application/octet-stream"
    return InboundFile(name=name, content_type=kind, content=content)
