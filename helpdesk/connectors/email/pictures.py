"""Pictures that a mail's HTML shows: they belong beside it (multipart/related), not among the files."""

from email.message import Message
from email.mime.multipart import MIMEMultipart


def with_pictures_beside_the_text(root: Message) -> Message:
    """The same mail; parts with a Content-ID that its HTML names as `cid:` become one part with it."""
    if root.get_content_type() != "multipart/mixed":
        return root
    alternative, *files = root.get_payload()
    html = alternative.get_payload()[-1]
    words = html.get_payload(decode=True).decode("utf-8", "replace")
    shown = [part for part in files if f"cid:{(part['Content-ID'] or '-').strip('<>')}" in words]
    if not shown:
        return root
    related = MIMEMultipart("related", type="text/html")
    for part in (html, *shown):
        del part["MIME-Version"]
        related.attach(part)
    del related["MIME-Version"]
    alternative.set_payload([*alternative.get_payload()[:-1], related])
    root.set_payload([alternative, *(part for part in files if part not in shown)])
    return root
