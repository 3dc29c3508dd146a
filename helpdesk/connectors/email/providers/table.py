"""The mail providers whose webhooks we take, by django-anymail, which knows their formats and signatures.

anymail's own URLs and signals are not used: they know one secret for the whole site and are open where none is set. Its views
are called by ours, with the secret of one inbox (views.py).
"""

from dataclasses import dataclass
from importlib.util import find_spec

from anymail.webhooks import (
    amazon_ses,
    brevo,
    mailersend,
    mailgun,
    mailjet,
    mailtrap,
    mandrill,
    postal,
    postmark,
    resend,
    sendgrid,
    sparkpost,
)
from anymail.webhooks.base import AnymailBaseWebhookView as AnymailView


@dataclass(frozen=True)
class Provider:
    """`inbound` takes mail, `tracking` reports about what we sent; `needs` names settings without which nothing is taken."""

    name: str
    inbound: type[AnymailView]
    tracking: type[AnymailView]
    needs: tuple[str, ...] = ()
    path: str = "inbound"  # the end of the address for mail


PROVIDERS = {
    "postmark": Provider(
        "Postmark", postmark.PostmarkInboundWebhookView, postmark.PostmarkTrackingWebhookView
    ),
    "mailgun": Provider(
        "Mailgun",
        mailgun.MailgunInboundWebhookView,
        mailgun.MailgunTrackingWebhookView,
        ("ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY",),
        path="inbound_mime",  # by this word in the address Mailgun gives the mail as it came
    ),
    "sendgrid": Provider(
        "SendGrid", sendgrid.SendGridInboundWebhookView, sendgrid.SendGridTrackingWebhookView
    ),
    "brevo": Provider(
        "Brevo", brevo.BrevoInboundWebhookView, brevo.BrevoTrackingWebhookView, ("ANYMAIL_BREVO_API_KEY",)
    ),
    "resend": Provider(
        "Resend",
        resend.ResendInboundWebhookView,
        resend.ResendTrackingWebhookView,
        ("ANYMAIL_RESEND_API_KEY",),
    ),
    "mailjet": Provider("Mailjet", mailjet.MailjetInboundWebhookView, mailjet.MailjetTrackingWebhookView),
    "postal": Provider(
        "Postal",
        postal.PostalInboundWebhookView,
        postal.PostalTrackingWebhookView,
        ("ANYMAIL_POSTAL_WEBHOOK_KEY",),
    ),
    "sparkpost": Provider(
        "SparkPost", sparkpost.SparkPostInboundWebhookView, sparkpost.SparkPostTrackingWebhookView
    ),
    "mailersend": Provider(
        "MailerSend",
        mailersend.MailerSendInboundWebhookView,
        mailersend.MailerSendTrackingWebhookView,
        ("ANYMAIL_MAILERSEND_INBOUND_SECRET", "ANYMAIL_MAILERSEND_SIGNING_SECRET"),
    ),
    "mailtrap": Provider(
        "Mailtrap",
        mailtrap.MailtrapInboundWebhookView,
        mailtrap.MailtrapTrackingWebhookView,
        ("ANYMAIL_MAILTRAP_API_TOKEN",),
    ),
    "mandrill": Provider(
        "Mandrill",
        mandrill.MandrillCombinedWebhookView,
        mandrill.MandrillCombinedWebhookView,
        ("ANYMAIL_MANDRILL_WEBHOOK_KEY",),
    ),
}
if find_spec("boto3"):  # Amazon's own library, which the operator installs where it is wanted
    PROVIDERS["amazon_ses"] = Provider(
        "Amazon SES", amazon_ses.AmazonSESInboundWebhookView, amazon_ses.AmazonSESTrackingWebhookView
    )


def view_for(provider: str, kind: str) -> type[AnymailView] | None:
    """anymail's view for the end of an address: inbound, inbound_mime (Mailgun) or tracking; None where there is none."""
    known = PROVIDERS.get(provider)
    if known is None:
        return None
    return {"inbound": known.inbound, known.path: known.inbound, "tracking": known.tracking}.get(kind)
