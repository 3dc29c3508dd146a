"""How things look from outside. Reading shapes first, then what may be written."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from helpdesk.api.fields import AttributesField, PriorityField
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact, ContactIdentity, User
from helpdesk.tickets.models import Attachment, Message, Participant, PhoneCall, Ticket
from helpdesk.tickets.writing import LONGEST_TEXT

# Departments live on a higher floor: the model is reached through the ticket's own relation.
Department = Ticket._meta.get_field("department").related_model
IN_USE = Department.objects.filter(is_active=True)  # what goes to a retired one is looked at by nobody


class DepartmentShape(serializers.ModelSerializer):
    class Meta:
        model = Department
        ref_name = "Department"
        fields = ("id", "name", "description", "is_restricted", "is_active")


class DepartmentName(serializers.ModelSerializer):
    class Meta:
        model = Department
        fields = ("id", "name")


class UserName(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ("id", "name", "email")


class ContactName(serializers.ModelSerializer):
    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = Contact
        fields = ("id", "name", "email")


class InboxShape(serializers.ModelSerializer):
    class Meta:
        model = Inbox
        fields = ("id", "name", "kind", "address", "department", "language", "is_active")


class ParticipantShape(serializers.ModelSerializer):
    """Somebody besides the requester who gets the answers."""

    contact = ContactName()

    class Meta:
        model = Participant
        ref_name = "Participant"
        fields = ("contact", "role", "added_at")


class TicketShape(serializers.ModelSerializer):
    priority = PriorityField()
    department = DepartmentName(allow_null=True)
    assignee = UserName(allow_null=True)
    contact = ContactName()
    messages = serializers.SerializerMethodField(help_text="Where its messages are")
    page = serializers.SerializerMethodField(help_text="Where the team reads it")

    class Meta:
        model = Ticket
        fields = (
            *("id", "subject", "status", "priority", "channel", "inbox", "department", "assignee", "contact"),
            *(
                "tags",
                "language",
                "attributes",
                "is_spam",
                "follow_up_of",
                "merged_into",
                "created_at",
                "updated_at",
            ),
            *("last_message_at", "waiting_since", "first_replied_at", "closed_at", "snoozed_until"),
            *("due_at", "escalated_at", "escalation_reason", "marks"),
            *("messages", "page"),
        )

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_messages(self, ticket: Ticket) -> str:
        return settings.PUBLIC_URL + reverse("api:ticket-messages", args=[ticket.pk])

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_page(self, ticket: Ticket) -> str:
        return f"{settings.PUBLIC_URL}/desk/tickets/{ticket.pk}/"


class AttachmentShape(serializers.ModelSerializer):
    url = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = ("name", "content_type", "size", "description", "url")

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, attachment: Attachment) -> str:
        return settings.PUBLIC_URL + reverse("tickets:file", args=[attachment.key])


class MessageShape(serializers.ModelSerializer):
    attachments = AttachmentShape(many=True, read_only=True)

    class Meta:
        model = Message
        fields = (
            *("id", "ticket", "kind", "channel", "author_kind", "author_name", "user", "contact", "subject"),
            *("to", "cc", "thread_reason", "is_by_newcomer"),
            *(
                "text",
                "html",
                "language",
                "is_automatic",
                "choices",
                "created_at",
                "state",
                "sent_at",
                "delivered_at",
            ),
            *("read_at", "mailed_in", "error", "client_uuid", "attachments"),
        )


class IdentityShape(serializers.ModelSerializer):
    class Meta:
        model = ContactIdentity
        fields = ("kind", "value", "is_verified")


class ContactShape(serializers.ModelSerializer):
    company = serializers.CharField(source="company.name", default=None, read_only=True, allow_null=True)
    identities = IdentityShape(many=True, read_only=True)

    class Meta:
        model = Contact
        fields = (
            *("id", "name", "email", "phone", "company", "language", "time_zone", "attributes", "is_blocked"),
            *("created_at", "last_seen_at", "identities"),
        )


class EventShape(serializers.ModelSerializer):
    class Meta:
        model = Event
        fields = (
            *("id", "name", "occurred_at", "recorded_at", "channel", "department", "contact", "visitor"),
            *("ticket", "actor_kind", "actor_id", "actor_name", "value", "business_value", "data"),
        )


class MeShape(serializers.ModelSerializer):
    departments = DepartmentName(many=True, read_only=True)
    token = serializers.SerializerMethodField(help_text="The name this token was given")

    class Meta:
        model = User
        fields = ("id", "name", "email", "role", "language", "time_zone", "departments", "token")

    @extend_schema_field(str)
    def get_token(self, user: User) -> str:
        return str(self.context["request"].auth)


# -- what may be written


class ContactInput(serializers.ModelSerializer):
    """A contact. An address that is known already belongs to somebody: 409."""

    email = serializers.EmailField(max_length=254, required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False, allow_blank=True)
    attributes = AttributesField(required=False)
    company = serializers.CharField(
        max_length=120,
        required=False,
        allow_blank=True,
        help_text="Its name; one that is not known is added.",
    )

    class Meta:
        model = Contact
        fields = ("name", "email", "phone", "company", "language", "time_zone", "attributes")


class CustomerInput(serializers.Serializer):
    """Who wrote: by address, by your own id, or both."""

    email = serializers.EmailField(max_length=254, required=False)
    name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    external_id = serializers.CharField(max_length=200, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("email") and not attrs.get("external_id"):
            raise serializers.ValidationError({"email": "Give an email address or an external_id."})
        return attrs


class TicketInput(serializers.Serializer):
    """A question of a customer."""

    contact = CustomerInput()
    text = serializers.CharField(max_length=LONGEST_TEXT)
    subject = serializers.CharField(max_length=250, required=False, default="", allow_blank=True)
    inbox = serializers.PrimaryKeyRelatedField(
        queryset=Inbox.objects.filter(is_active=True, kind__in=[Inbox.Kind.EMAIL, Inbox.Kind.API]),
        required=False,
        help_text="An email or API inbox, which answers go out by. Without it: the API's own inbox.",
    )
    department = serializers.PrimaryKeyRelatedField(queryset=IN_USE, required=False)
    priority = PriorityField(required=False)
    tags = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=40)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False, default="")


class TicketChanges(serializers.Serializer):
    """What is left out stays as it is."""

    department = serializers.PrimaryKeyRelatedField(queryset=IN_USE, required=False, allow_null=True)
    assignee = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.filter(is_active=True), required=False, allow_null=True
    )
    status = serializers.ChoiceField(choices=Ticket.Status.choices, required=False)
    priority = PriorityField(required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        max_length=40,
        help_text="The whole list: tags that are not in it are taken off.",
    )
    is_spam = serializers.BooleanField(required=False)
    snoozed_until = serializers.DateTimeField(required=False, allow_null=True)


REPLY, NOTE, CUSTOMER = "reply", "note", "customer"
WRITTEN_KINDS = [(REPLY, "answer"), (NOTE, "internal note"), (CUSTOMER, "from the customer")]


class MessageInput(serializers.Serializer):
    kind = serializers.ChoiceField(
        choices=WRITTEN_KINDS,
        help_text="reply: you answer the customer; note: only the team sees it; customer: the customer wrote this",
    )
    text = serializers.CharField(max_length=LONGEST_TEXT)
    client_uuid = serializers.UUIDField(
        required=False, help_text="Your own id: sent again, it changes nothing."
    )
    last_seen = serializers.IntegerField(
        required=False, help_text="Of a reply: the newest message you have read. 409 where there are newer."
    )
    to = serializers.ListField(
        child=serializers.EmailField(max_length=254),
        required=False,
        max_length=50,
        help_text="Of a reply by mail: whom it goes to, exactly. Without it: the requester, and who also asks.",
    )
    cc = serializers.ListField(
        child=serializers.EmailField(max_length=254),
        required=False,
        max_length=50,
        help_text="Of a reply by mail: who gets a copy. Only with `to`; without both everybody else on the ticket.",
    )
    inbox = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Of a reply to a chat: by its own inbox or the mail inbox it goes on by. Without it: as they last wrote.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "cc" in attrs and "to" not in attrs:
            raise serializers.ValidationError({"to": "Give `to` as well: the answer goes exactly to both."})
        return attrs


class MergeInput(serializers.Serializer):
    """The ticket of the address goes into another one."""

    into = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="The ticket that stays.")
    shows_restricted = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Yes, others may see what only a restricted department saw so far. 409 without it.",
    )


class CallInput(serializers.Serializer):
    """A phone call. Only the team reads it."""

    direction = serializers.ChoiceField(choices=PhoneCall.Direction.choices, help_text="Who called whom.")
    number = serializers.CharField(
        max_length=40, required=False, default="", allow_blank=True, help_text="Theirs."
    )
    started_at = serializers.DateTimeField(help_text="At most a month ago.")
    seconds = serializers.IntegerField(
        min_value=0, help_text="How long they talked; 0 where nobody answered."
    )
    text = serializers.CharField(help_text="What was said.")
    recording = serializers.URLField(required=False, default="", allow_blank=True, max_length=500)


class NewCallInput(CallInput):
    number = serializers.CharField(max_length=40, help_text="Theirs.")
    name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    subject = serializers.CharField(max_length=250)
    department = serializers.IntegerField(required=False, default=None, allow_null=True, help_text="Its id.")


class OnePersonInput(serializers.Serializer):
    """The contact of the address goes into another one."""

    into = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="The contact that stays.")
    take = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        default=list,
        max_length=100,
        help_text="Where the one that goes knows better: `name`, `email`, `phone`, `company_id`, `language`, `time_zone`, `attributes.NAME`.",
    )


class PartedShape(serializers.Serializer):
    kept = ContactShape()
    gone = ContactShape()
    left = serializers.ListField(
        child=serializers.CharField(), help_text="What could not be given back, and why."
    )


class TransferInput(serializers.Serializer):
    """What is left out goes to nobody in particular."""

    department = serializers.PrimaryKeyRelatedField(
        queryset=IN_USE, allow_null=True, required=False, default=None
    )
    assignee = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.agents(), allow_null=True, required=False, default=None
    )
    note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_TEXT, help_text="Why; for the team."
    )


class SplitInput(serializers.Serializer):
    message = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, help_text="A customer's message of this ticket."
    )
    with_later = serializers.BooleanField(
        required=False, default=False, help_text="Everything after it goes along."
    )


class ParticipantInput(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    role = serializers.ChoiceField(
        choices=Participant.Role.choices, required=False, default=Participant.Role.CC
    )
