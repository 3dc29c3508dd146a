"""Who speaks: a person, or which sort of machine. Rules of RFC 3834, 3464, 8098 and 5965, then what real servers send instead.

The order matters: a bounce often carries `Auto-Submitted` and an empty Return-Path too, and a newsletter is bulk as well.
"""

import re
from dataclasses import dataclass

from helpdesk.connectors.email.parsing.addresses import parse_addresses
from helpdesk.connectors.email.parsing.bounces import (
    Report,
    read_notice,
    read_report,
    reads_like_bounce,
    reads_like_delay,
)
from helpdesk.connectors.email.parsing.headers import Fields, one_line, raw_field
from helpdesk.connectors.email.parsing.message import Kind
from helpdesk.connectors.email.parsing.mime import Part

AUTO_HEADERS = (
    "auto-submitted", "precedence", "list-id", "list-unsubscribe", "list-post", "x-auto-response-suppress", "x-autoreply",
    "x-autorespond", "x-autoresponder", "x-auto-reply", "x-loop", "x-vacation", "x-failed-recipients", "return-path", "x-mailer",
)  # fmt: skip
EMPTY_RETURN_PATH = "empty Return-Path"  # a reason: nothing else says that a program wrote
DAEMON = re.compile(
    r"^(mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|post[-_.]?master|mailerdaemon)\b", re.IGNORECASE
)
DAEMON_NAME = re.compile(
    r"mail(er)? deliver(y|er)?( sub)?[ -]?system|mailer[- ]daemon|system administrator|mail delivery service",
    re.I,
)
BOUNCE_SUBJECT = re.compile(
    r"undeliver(ed|able)|non[- ]?delivery|delivery (status )?(notification|failure|problem|has failed|error)|delivery (failed|failure)|"
    r"returned mail|mail (delivery )?failed|failure notice|failed delivery|failed mail to|mail (could|can) ?not be delivered|message (could|can) ?not be "
    r"delivered|mail system error|returning (message|mail)? ?to sender|returned to sender|mail not delivered|bounce notification|you .{0,200}are not (a )?member|"
    r"unzustellbar|nicht zustellbar|non (remis|distribu)|mancata consegna|no se pudo entregar|niet[- ]bezorg|nie można dostarczyć|"
    r"не доставлено|配信不能|退信|无法投递|投递失败",
    re.IGNORECASE,
)
DELAY_SUBJECT = re.compile(
    r"\(delay(ed)?\)|delivery (status notification: )?delayed|delayed mail|delayed \d+ (hour|day)|has not yet been delivered|"
    r"still being retried|warning: (message|could not send)|notification: delayed",
    re.IGNORECASE,
)
AUTO_SUBJECT = re.compile(
    r"^\s*(re:\s*)?(auto(matic|mated|matische|matisch|mática|matica)?[ -]?(reply|response|responder?|antwort|svar)|auto:|autorespon|"
    r"automat(ische antwort|ische afwezigheid|isk svar|yczna odpowied|ická odpov|ikus válasz)|réponse automatique|risposta automatica|"
    r"respuesta automática|resposta automática|răspuns automat|out of (the )?office|abwesenheit|absence du bureau|fuori sede|"
    r"fuera de (la )?oficina|afwezig|vacation (reply|notice|response)|i am (currently )?(away|out)|自动回复|自動回覆|自動返信|自動応答|"
    r"автоответ)|\((auto(matic|mated)? ?(reply|response)|out of office)\)\s*$",
    re.IGNORECASE,
)
ALLOWED_LIST = re.compile(
    r"\b(your|senders?'?s?) (e-?mail )?address (be )?(is )?added to .{0,60}(allowed|approved|white|safe|guest|accepted)|"
    r"(this|my) (e-?mail |mail)?(account|box|address|e-?mail) is (now )?protected by .{0,40}"
    r"(spam|filter|challenge|boxbe|bluebottle|choicemail|mailblocks|verification)",
    re.IGNORECASE,
)
PROVE = re.compile(
    r"(click|follow|visit|use)\b.{0,60}\b(link|button|url|address|here)\b|(reply|respond) to this (message|e-?mail|mail)|"
    r"(confirm|verify|prove)\b.{0,60}\b(you|your|sender|human|person)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Verdict:
    """The kind, the rule that decided, and what a bounce says."""

    kind: Kind
    reason: str = ""
    failed_recipients: tuple[str, ...] = ()
    failure_reason: str = ""
    original_message_id: str = ""
    delivered_recipients: tuple[str, ...] = ()


def classify(root: Part, text: str) -> Verdict:
    """What sort of mail this is. Pure; never raises."""
    fields = root.fields
    subject = one_line(raw_field(fields, "subject"))
    if _is_feedback(root, text):
        return Verdict("feedback", "complaint report")
    if _asks_to_unsubscribe(fields, subject):
        return Verdict("feedback", "request to unsubscribe by a mail program")
    report = read_report(root, text)
    if report is not None:
        return _of_report(report, subject)
    notice = read_notice(text)
    if notice is not None:
        return _of_notice(notice)
    if raw_field(fields, "x-failed-recipients") or _daemon_reports(fields, subject, text):
        return _of_daemon(root, subject, text)
    reason = automatic_reason(fields, subject) or challenge_reason(fields, text)
    if reason:
        return Verdict("auto_reply", reason)
    if reads_like_bounce(text) and BOUNCE_SUBJECT.search(subject):
        return _of_daemon(root, subject, text)
    reason = _list_reason(fields)
    return Verdict("list", reason) if reason else Verdict("human")


def _is_feedback(root: Part, text: str) -> bool:
    if "feedback-report" in root.params.get("report-type", "").lower():
        return True
    if any(part.ctype == "message/feedback-report" for part in root.walk()):
        return True
    subject = raw_field(root.fields, "subject").lower()
    return subject.startswith("complaint about message from") or bool(
        re.search(r"(?im)^feedback-type:\s*(abuse|opt-out|fraud)", text)
    )


def _asks_to_unsubscribe(fields: Fields, subject: str) -> bool:
    """Apple Mail, Gmail and others write this mail by themselves when somebody presses their Unsubscribe."""
    if raw_field(fields, "x-apple-unsubscribe"):
        return True
    return subject.strip().lower() == "unsubscribe" and bool(automatic_reason(fields, subject))


def _of_notice(notice: Report) -> Verdict:
    """Amazon's notice of a delivery is no failure, one of a complaint is feedback."""
    if notice.actions == {"delivered"}:
        return Verdict("auto_reply", "delivery notice of a mail service")
    if notice.actions == {"complaint"}:
        return Verdict("feedback", "complaint notice of a mail service", notice.recipients)
    return Verdict(
        "bounce", "bounce notice of a mail service", notice.recipients, notice.reason, notice.message_id
    )


def _of_report(report: Report, subject: str) -> Verdict:
    """A delivery report says itself what it is; a report of success is a machine's answer, nothing more."""
    if report.actions and report.actions <= {"delivered", "relayed", "expanded"}:
        return Verdict(
            "auto_reply",
            "delivery receipt",
            original_message_id=report.message_id,
            delivered_recipients=report.delivered,
        )
    if report.is_receipt:
        return Verdict("auto_reply", "read receipt")
    delayed = report.actions == {"delayed"} or (not report.actions and bool(DELAY_SUBJECT.search(subject)))
    return Verdict(
        "delay" if delayed else "bounce",
        "delivery report",
        report.recipients,
        report.reason,
        report.message_id,
        report.delivered,
    )


def _daemon_reports(fields: Fields, subject: str, text: str) -> bool:
    """Does the mail system itself speak, or somebody in its words?"""
    sender = raw_field(fields, "from")
    mailbox = next(iter(parse_addresses(sender)), None)
    local = (mailbox.addr or mailbox.name).partition("@")[0] if mailbox else ""
    says_so = bool(BOUNCE_SUBJECT.search(subject) or DELAY_SUBJECT.search(subject))
    if DAEMON.match(local.strip("\"' ")):
        return "mailer" in local.lower() or says_so or reads_like_bounce(text)
    if mailbox and DAEMON_NAME.search(mailbox.name) and (says_so or reads_like_bounce(text)):
        return True
    if sender.strip().endswith("<>"):
        return says_so or reads_like_bounce(text) or "error" in subject.lower()
    null_return = raw_field(fields, "return-path").replace(" ", "") == "<>"
    return null_return and says_so and reads_like_bounce(text)


def _of_daemon(root: Part, subject: str, text: str) -> Verdict:
    report = read_report(root, text, whole=True) or Report()
    words = bool(DELAY_SUBJECT.search(subject) or reads_like_delay(text))
    delayed = report.actions == {"delayed"} or (not report.actions and words)
    reason = "failed recipients named" if report.recipients else "mail system's words"
    return Verdict(
        "delay" if delayed else "bounce", reason, report.recipients, report.reason, report.message_id
    )


def automatic_reason(fields: Fields, subject: str) -> str:
    """The sign that a program answered by itself; '' when there is none."""
    submitted = re.sub(r"[;(\s].*$", "", raw_field(fields, "auto-submitted").strip().lower())
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted}"
    for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-vacation"):
        if raw_field(fields, name) and raw_field(fields, name).lower() not in {"no", "false"}:
            return name.title()
    precedence = raw_field(fields, "precedence").strip().lower()
    if precedence in {"auto_reply", "auto-reply"}:
        return f"Precedence: {precedence}"
    if AUTO_SUBJECT.search(subject):
        return "subject of an automatic answer"
    if re.sub(r"\s", "", raw_field(fields, "return-path")) == "<>":
        return EMPTY_RETURN_PATH
    suppress = raw_field(fields, "x-auto-response-suppress").lower()
    if re.search(r"\b(all|oof|autoreply)\b", suppress) and precedence in {"bulk", "junk"}:
        return "X-Auto-Response-Suppress"
    return ""


def challenge_reason(fields: Fields, text: str) -> str:
    """A filter of the other side that wants a proof that a person wrote: nobody here should answer it as a customer."""
    for name in (
        "x-bluebottle-request",
        "x-tmda-fingerprint",
        "x-spamarrest-noauth",
        "x-boxbe-score",
        "x-ask-auth",
    ):
        if raw_field(fields, name):
            return name.title()
    head = text[:3_000]
    return "asks the sender to prove a person" if ALLOWED_LIST.search(head) and PROVE.search(head) else ""


def _list_reason(fields: Fields) -> str:
    # Not Mailing-List, which ezmlm and Yahoo put on the words of people who write to each other.
    for name in ("list-id", "list-unsubscribe", "list-post", "list-help", "x-mailing-list"):
        if raw_field(fields, name):
            return name.title()
    precedence = raw_field(fields, "precedence").strip().lower()
    return f"Precedence: {precedence}" if precedence in {"bulk", "list", "junk"} else ""
