"""Small mails of our own, and one to fill in."""

from pathlib import Path

FOLDER = Path(__file__).parents[3] / "samples" / "email"


def sample(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def mail(body: str = "Where is my parcel?", **fields: str) -> bytes:
    """A plain mail; header fields by keyword, `in_reply_to` for In-Reply-To."""
    headers = {
        "From": "Carla <carla@customer.example>",
        "To": "support@example.com",
        "Subject": "My order",
        "Message-ID": "<m1@customer.example>",
        "Content-Type": "text/plain; charset=utf-8",
    }
    given = {
        "-".join(part if part.isupper() else part.capitalize() for part in name.split("_")): value
        for name, value in fields.items()
    }
    headers = {name: value for name, value in (headers | given).items() if value}
    head = "\r\n".join(f"{name}: {value}" for name, value in headers.items())
    return f"{head}\r\n\r\n{body}\r\n".encode()
