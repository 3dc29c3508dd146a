"""What large mail providers call their servers, so that nobody has to look it up."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OWN = "own"


@dataclass(frozen=True)
class Preset:
    name: str | Promise
    imap: tuple[str, int, str]  # host, port, security
    smtp: tuple[str, int, str]
    authserv_id: str = ""  # how its server names itself in Authentication-Results
    token_url: str = ""
    hint: str | Promise = ""


PRESETS = {
    "gmail": Preset(
        "Gmail, Google Workspace",
        ("imap.gmail.com", 993, "ssl"),
        ("smtp.gmail.com", 465, "ssl"),
        authserv_id="mx.google.com",
        token_url="https://oauth2.googleapis.com/token",
        hint=_(
            "With a password it must be an app password, which Google gives to accounts with 2-step verification."
        ),
    ),
    "microsoft": Preset(
        "Microsoft 365, Outlook",
        ("outlook.office365.com", 993, "ssl"),
        ("smtp.office365.com", 587, "starttls"),
        authserv_id="microsoft",
        token_url="https://login.microsoftonline.com/common/oauth2/v2.0/token",
        hint=_("Microsoft takes no passwords here any more: choose OAuth."),
    ),
    "fastmail": Preset(
        "Fastmail",
        ("imap.fastmail.com", 993, "ssl"),
        ("smtp.fastmail.com", 465, "ssl"),
        hint=_("The password must be an app password."),
    ),
}


def preset_choices() -> list[tuple[str, str | Promise]]:
    return [*((key, preset.name) for key, preset in PRESETS.items()), (OWN, _("Another mail server"))]
