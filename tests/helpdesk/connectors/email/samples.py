"""Small mails of our own, and one to fill in."""

from pathlib import Path

FOLDER = Path(__file__).parents[3] / "samples" / "email"


def sample(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def mail(body: str = "Where is my parcel?", **fields: str) -> bytes:
    """A plain mail; header fields by keyword (`in_reply_to` is In-Reply-To), '' leaves a field out."""
    headers = {
        "from": "Carla <carla@customer.example>",
        "to": "support@example.com",
        "subject": "My order",
        "message-id": "<m1@customer.example>",
        "content-type": "text/plain; charset=utf-8",
    }
    headers |= {name.lower().replace("_", "-").strip("-"): value for name, value in fields.items()}
    head = "\r\n".join(f"{name}: {value}" for name, value in headers.items() if value)
    return f"{head}\r\n\r\n{body}\r\n".encode()
