"""One SMTP conversation: a mail to several recipients, and what the server says about each.

Up to the first byte of the mail's content nothing has happened, and another server may be tried. From there on it is this
server's: where the line breaks before its last word, nobody knows whether it has the mail, and it is given to the same
recipients again later, under the same Message-ID, so that their server or program can tell the second copy.
"""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from django.utils.translation import gettext as _

from helpdesk.connectors.email.servers import PinnedSMTP, Server, as_text, open_session
from helpdesk.inboxes.contract import Refusal

# Seconds after `begun`: who has not been asked for by ASKING waits for the next try, and END stands before the end of the
# job (240), so that no mail is out with nobody left to write it down.
ASKING, END = 90, 200
GOODBYE = 2  # seconds; as long as we wait for it, nobody but us knows that the server has the mail
LOG_IN_FIRST = (
    530  # RFC 4954, section 6: our settings are wrong, and the mail waits until an admin has mended them
)
ACCEPTED, PARTLY, DEFERRED, REFUSED = "accepted", "partly", "deferred", "refused"  # DeliveryAttempt.Outcome


@dataclass
class Verdict:
    """What the server said: each recipient is in `accepted` or in `refused`."""

    accepted: list[str] = field(default_factory=list)
    refused: dict[str, Refusal] = field(default_factory=dict)
    answer: str = ""

    @property
    def outcome(self) -> str:
        if self.accepted:
            return PARTLY if self.refused else ACCEPTED
        return REFUSED if all(one.permanent for one in self.refused.values()) else DEFERRED

    @property
    def words(self) -> str:
        """All it said, for the log."""
        said = [f"{address}: {one.reason}" for address, one in self.refused.items()]
        if len({one.reason for one in self.refused.values()}) == 1 and not self.accepted:
            said = [next(iter(self.refused.values())).reason]
        return "; ".join([*([self.answer] if self.accepted else []), *said])


def hand_to(
    server: Server, *, sender: str, recipients: Sequence[str], content: bytes, begun: float
) -> Verdict:
    """Give the mail to the server. Raises one of servers.SERVER_AWAY while nothing has been handed over.

    `begun` is when the first of the servers was turned to, by time.monotonic(). However long ago that is, one recipient
    is asked for; those whose turn does not come are refused for now.
    """
    session = open_session(server, until=begun + ASKING)
    try:
        return converse(session, sender, recipients, content, begun)
    finally:
        leave(session)


def converse(
    session: PinnedSMTP, sender: str, recipients: Sequence[str], content: bytes, begun: float
) -> Verdict:
    # Whoever is asked for in time has the server's whole patience: so one that takes long for each takes some each time.
    session.until = begun + END
    size = [f"SIZE={len(content)}"] if session.has_extn("size") else []
    code, words = session.mail(sender, size)
    if code >= 500 and code != LOG_IN_FIRST:
        return Verdict(refused=dict.fromkeys(recipients, refusal(code, words)))
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, words, sender)
    verdict = Verdict()
    for number, address in enumerate(recipients):
        if number and monotonic() >= begun + ASKING:
            verdict.refused[address] = Refusal(
                _("The server was too slow; it is tried again."), permanent=False
            )
        else:
            name_recipient(session, address, verdict)
    if verdict.accepted:
        session.step = END  # it may look through the whole mail first
        give_content(session, content, verdict)
    return verdict


def name_recipient(session: smtplib.SMTP, address: str, verdict: Verdict) -> None:
    try:
        code, words = session.rcpt(envelope_address(address))
    except UnicodeError:
        words = _("This address has letters that our mail can't carry.")
        verdict.refused[address] = Refusal(words, permanent=True)
        return
    if code == 421:  # it hangs up
        raise smtplib.SMTPServerDisconnected(f"{code} {as_text(words)}")
    if code in (250, 251):
        verdict.accepted.append(address)
    else:
        verdict.refused[address] = refusal(code, words)


def give_content(session: smtplib.SMTP, content: bytes, verdict: Verdict) -> None:
    try:
        code, words = session.data(content)
    except smtplib.SMTPDataError as error:
        code, words = error.smtp_code, error.smtp_error
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        unknown = _("The connection broke before the server's last word (%s); it is tried again.") % error
        refuse_all(verdict, Refusal(unknown, permanent=False))
        return
    verdict.answer = f"{code} {as_text(words)}"
    if code != 250:
        refuse_all(verdict, refusal(code, words))


def refuse_all(verdict: Verdict, one: Refusal) -> None:
    """Those whom the server took by name lose the mail with its content."""
    verdict.refused |= dict.fromkeys(verdict.accepted, one)
    verdict.accepted = []


def refusal(code: int, words: bytes | str) -> Refusal:
    return Refusal(f"{code} {as_text(words)}"[:500], permanent=code >= 500)


def envelope_address(address: str) -> str:
    """ASCII, with an international domain in its DNS form. Raises UnicodeError for a name that has none."""
    local, _at, domain = address.rpartition("@")
    return f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"


def leave(session: PinnedSMTP) -> None:
    session.step = GOODBYE
    try:
        session.quit()
    except (smtplib.SMTPException, OSError):
        session.close()
