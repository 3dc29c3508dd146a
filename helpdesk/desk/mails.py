"""What the desk shows of a mail besides its words: pictures in their place, files, languages, what was left out."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from django.conf import settings
from django.utils.html import format_html, linebreaks, urlize
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info

from helpdesk.desk.places import PLACE, described_pictures, text_with_places
from helpdesk.tickets.markup import own_html
from helpdesk.tickets.models import Attachment, Message
from helpdesk.tickets.pictures import SHOWN

OPENS_ELSEWHERE = 'target="_blank" rel="nofollow noopener noreferrer"'
SEALED = {
    "application/pkcs7-mime",
    "application/x-pkcs7-mime",
    "multipart/encrypted",
    "application/pgp-encrypted",
}
WORDS = re.compile(r"""([\s<>"']+)""")  # and what is between them, as `urlize` parts them
MAY_BE_LINK = re.compile(r"@|[.:][\w/]")
LONG = 2_500  # characters, or ...
MANY_LINES = 30  # ... lines, from which a text is folded
LARGEST_INVITATION = 100_000  # bytes


def as_paragraphs(text: str) -> SafeString:
    """Plain text as safe HTML: links that open elsewhere, lines and paragraphs kept, each in its own direction."""
    html = (
        linebreaks(with_links(text))
        .replace('rel="nofollow"', OPENS_ELSEWHERE)
        .replace("<p>", '<p dir="auto">')
    )
    return mark_safe(html)  # noqa: S308  urlize escaped it


def with_links(text: str) -> str:
    """The text escaped, its addresses as links. Only a word that could be one is given to `urlize`, which is slow."""
    if not MAY_BE_LINK.search(text):
        return escape(text)
    return "".join(
        [
            urlize(word, nofollow=True, autoescape=True) if MAY_BE_LINK.search(word) else escape(word)
            for word in WORDS.split(text)
        ]
    )


def has_original(message: Message) -> bool:
    """Whether there is more to see than we show: the mail as its sender laid it out."""
    return bool(message.html) and own_html(message.html) is None


def words_of(message: Message) -> SafeString:
    """The message's new text, with the pictures that came inside it in their places; a teammate's as they marked it up."""
    if marked := own_html(message.html):
        return marked
    text = text_with_places(message)
    pictures = pictures_of(message) if "[" in text else {}
    if not pictures:
        return as_paragraphs(message.text)
    pieces = PLACE.split(text)  # words, cid, name, words, cid, name, words
    html = [as_paragraphs(pieces[0])] if pieces[0].strip() else []
    for cid, name, words in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        picture = pictures.get((cid or name).strip())
        html.append(draw_picture(picture) if picture else as_paragraphs(f"[{cid or name}]"))
        if words.strip():
            html.append(as_paragraphs(words))
    return mark_safe("".join(html))  # noqa: S308  each piece is safe


def draw_picture(picture: Attachment) -> SafeString:
    return format_html(
        '<p><a href="{0}" target="_blank" rel="noopener"><img class="inline-picture" src="{0}" alt="{1}" loading="lazy"></a></p>',
        picture.get_absolute_url(),
        picture.description or picture.name,
    )


def files_of(message: Message) -> Iterable[Attachment]:
    """All its files. Where they were read with the message, without the manager that Django makes for each question."""
    read = getattr(message, "_prefetched_objects_cache", {}).get("attachments")
    return message.attachments.all() if read is None else read


def pictures_of(message: Message) -> dict[str, Attachment]:
    """Its pictures by all that a text may call them: name, description, content id."""
    pictures = [one for one in files_of(message) if one.content_type in SHOWN]
    by_id = {one.content_id: one for one in pictures if one.content_id}
    described = described_pictures(message.html).items() if by_id else ()
    by_description = {words: by_id[content_id] for words, content_id in described if content_id in by_id}
    return {one.name: one for one in pictures} | by_description | by_id


def files_below(message: Message) -> list[Attachment]:
    """Its files without the pictures that stand in the text already."""
    text = text_with_places(message)
    pictures = pictures_of(message) if "[" in text else {}
    named = {(cid or name).strip() for cid, name in PLACE.findall(text)} if pictures else set()
    in_place = {pictures[name].pk for name in named if name in pictures}
    return [one for one in files_of(message) if one.pk not in in_place]


def invitations_of(message: Message) -> Iterator[Any]:
    """What its calendar parts say, as settings.INVITATION_READER reads them."""
    for file in files_of(message):
        if file.content_type == "text/calendar" and file.size <= LARGEST_INVITATION:
            try:
                content = file.file.read()
            except OSError:  # the file is gone from the disk; its line among the files says the rest
                continue
            finally:
                file.file.close()
            if invitation := import_string(settings.INVITATION_READER)(content):
                yield invitation


def is_picture(file: Attachment) -> bool:
    return file.content_type in SHOWN


def is_sealed(message: Message) -> bool:
    """Does an encrypted part hang on? Signatures alone seal nothing."""
    return any(is_sealed_file(one.content_type, one.name.lower()) for one in files_of(message))


def is_sealed_file(content_type: str, name: str) -> bool:
    """PGP/MIME sends its sealed part as octets (RFC 3156): the name tells, as GnuPG and mail programs give it."""
    if content_type in SEALED:
        return not name.endswith(".p7s")
    return content_type == "application/octet-stream" and (
        name in ("encrypted.asc", "msg.asc") or name.endswith((".pgp", ".gpg"))
    )


def is_long(text: str) -> bool:
    return len(text) > LONG or text.count("\n") > MANY_LINES


def kind_of_file(file: Attachment) -> str:
    """A short word for what it is: the ending of its name, else the end of its type."""
    _stem, dot, ending = file.name.rpartition(".")
    if dot and 0 < len(ending) <= 5 and ending.isalnum():
        return ending.upper()
    return file.content_type.rpartition("/")[2].upper()[:12] if file.content_type else ""


def foreign_language(message: Message) -> str:
    """The name of the language it is written in, where that is not the reader's own; '' else."""
    code, mine = message.language, get_language() or "en"
    if not code or code.split("-")[0] == mine.split("-")[0]:
        return ""
    try:
        return get_language_info(code)["name_local"]
    except KeyError:
        return code
