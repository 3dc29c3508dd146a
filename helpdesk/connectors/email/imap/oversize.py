"""A mail that is larger than we take: its header comes, with a note in place of what it says, so that somebody sees it."""

from django.conf import settings

from helpdesk.connectors.email.parsing.headers import FIELD
from helpdesk.connectors.email.parsing.language import NO_LANGUAGE

ABOUT_CONTENT = ("content-", "mime-version")


def words_about_size(size: int) -> str:
    return f"The mail has {megabytes(size)} MB, more than the {megabytes(settings.MAIL_MAX_BYTES)} MB that are taken."


def header_with_note(head: bytes, size: int, where: str) -> bytes:
    """A plain text mail of the same header; fields about the content, which is not there, are left out."""
    note = f"{words_about_size(size)} Only its header was fetched; the mail itself is still in the mailbox ({where})."
    about_note = (
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Language: {NO_LANGUAGE}"
    )
    return b"\r\n".join([*other_lines(head), about_note.encode(), b"", note.encode(), b""])


def other_lines(head: bytes) -> list[bytes]:
    kept, is_kept = [], True
    for line in head.replace(b"\r\n", b"\n").split(b"\n"):
        field = FIELD.match(line)
        if field:
            is_kept = not field[1].decode("ascii").lower().startswith(ABOUT_CONTENT)
        if line and is_kept:
            kept.append(line)
    return kept


def megabytes(size: int) -> str:
    return f"{size / 2**20:.1f}"
