"""Which parts of a mail are its text, and which are files."""

import re
from dataclasses import dataclass
from mimetypes import guess_type

from helpdesk.connectors.email.parsing.charsets import decode_bytes
from helpdesk.connectors.email.parsing.headers import one_line, raw_field
from helpdesk.connectors.email.parsing.message import Attachment
from helpdesk.connectors.email.parsing.mime import Part
from helpdesk.connectors.email.parsing.sealed import is_control_part, sealed_words
from helpdesk.connectors.email.parsing.tnef import SIGNATURE, TYPES, read_tnef

BODY_TYPES = {"text/plain", "text/html"}
INVITATION = "text/calendar"  # a file also where it is the whole mail: its source is nothing to read
MOST_PACKED = 3  # winmail.dat files opened in one mail; Outlook makes one
LONGEST_TEXT = 2_000_000  # characters; a longer body is kept as a file beside its beginning


@dataclass(frozen=True)
class Bodies:
    """The readable text, the HTML as written, and the files. `is_ours`: the text is ours, in place of a sealed mail's."""

    text: str
    html: str
    attachments: tuple[Attachment, ...]
    is_ours: bool = False


def read_bodies(root: Part) -> Bodies:
    """Text parts set end to end, HTML parts likewise, everything else as attachments. A mail that is nothing but an
    encrypted part says so in words."""
    texts: list[str] = []
    htmls: list[str] = []
    files: list[Attachment] = []
    packed: list[Attachment] = []
    leaves = [
        leaf
        for leaf in _leaves(root)
        if leaf is root or not (leaf.ctype.startswith("multipart/") and not leaf.payload.strip())
    ]
    nameless = any(is_body(leaf) for leaf in leaves)
    for leaf in leaves:
        is_named_text = not nameless and leaf.ctype in BODY_TYPES and leaf.disposition != "attachment"
        is_whole = (
            leaf is root and leaf.ctype.startswith(("text/", "multipart/")) and leaf.ctype != INVITATION
        )
        if not (is_body(leaf) or is_named_text or is_whole):
            file = read_attachment(leaf)
            if is_tnef(file):
                packed.append(file)
            elif not is_control_part(leaf):
                files.append(file)
            continue
        if file_name(leaf):  # some programs name the text they show: it is body and file
            files.append(read_attachment(leaf))
        if leaf.ctype == "text/html":
            htmls.append(_read_text(leaf))
        else:
            texts.append(_read_text(leaf))
    has_text = any(one.strip() for one in (*texts, *htmls))
    for file in packed[:MOST_PACKED]:
        files += unpacked(file, texts, htmls, has_text)
    if not any(one.strip() for one in (*texts, *htmls)) and (words := sealed_words(root)):
        return Bodies(words, "", tuple(files), is_ours=True)
    return Bodies("\n".join(t for t in texts if t), "\n".join(h for h in htmls if h), tuple(files))


def is_tnef(file: Attachment) -> bool:
    return file.content_type in TYPES or (
        file.name.lower() == "winmail.dat" and file.content.startswith(SIGNATURE)
    )


def unpacked(file: Attachment, texts: list[str], htmls: list[str], has_text: bool) -> list[Attachment]:
    """The files of a winmail.dat, or itself where it can't be read; its words where the mail has none of its own."""
    tnef = read_tnef(file.content)
    if tnef is None:
        return [file]
    if not has_text:
        texts += [tnef.text] if tnef.text.strip() else []
        htmls += [tnef.html] if tnef.html.strip() else []
    return [
        Attachment(name=name, content_type=type_of(name), content=content) for name, content in tnef.files
    ]


def type_of(name: str) -> str:
    return guess_type(name, strict=False)[0] or "application/octet-stream"


def _leaves(root: Part) -> list[Part]:
    """The parts without parts, in order; a mail inside the mail counts as one."""
    if root.is_container:
        return [leaf for child in root.children for leaf in _leaves(child)]
    return [root]


def is_body(part: Part) -> bool:
    """Is this part text to read in place, rather than a file?"""
    return part.ctype in BODY_TYPES and part.disposition != "attachment" and not file_name(part)


def file_name(part: Part) -> str:
    """The file name the sender gave the part, '' when none."""
    name = part.disposition_params.get("filename") or part.params.get("name") or ""
    return re.sub(r"[\r\n\t]+", " ", name).strip()


def read_attachment(part: Part) -> Attachment:
    content_id = one_line(raw_field(part.fields, "content-id")).strip("<> ")
    return Attachment(
        name=file_name(part),
        content_type=part.ctype,
        content=part.content(),
        content_id=content_id,
        inline=part.disposition != "attachment" and bool(content_id) and part.ctype.startswith("image/"),
    )


def _read_text(part: Part) -> str:
    data = part.content()[: LONGEST_TEXT * 4]
    label = part.params.get("charset", "")
    if part.ctype == "text/html" and not label:
        found = re.search(rb"""<meta[^>]+charset=["']?([\w-]+)""", data[:2048], re.IGNORECASE)
        label = found[1].decode("ascii") if found else ""
    text = decode_bytes(data, label)[:LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    if part.params.get("format", "").lower() == "flowed":
        text = _unflow(text, part.params.get("delsp", "").lower() == "yes")
    return text


def _unflow(text: str, delete_space: bool) -> str:
    """RFC 3676: lines ending in a blank go on in the next one, if both are quoted equally deep."""
    lines: list[list[str]] = []  # each line in its pieces
    flowing, last_depth = False, 0
    for line in text.split("\n"):
        body = line.lstrip(">")
        depth = len(line) - len(body)
        body = body[1:] if body.startswith(" ") else body
        goes_on = body.endswith(" ") and body != "-- "
        content = body[:-1] if goes_on and delete_space else body
        if flowing and depth == last_depth and body != "-- ":
            lines[-1].append(content)
        else:
            lines.append([">" * depth + (" " if depth else "") + content])
        flowing, last_depth = goes_on, depth
    return "\n".join("".join(pieces) for pieces in lines)
