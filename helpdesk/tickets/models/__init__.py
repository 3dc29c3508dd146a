from helpdesk.tickets.models.delivery import Delivery, DeliveryAttempt, LoopStop
from helpdesk.tickets.models.message import Attachment, Message, attachment_path
from helpdesk.tickets.models.survey import Survey
from helpdesk.tickets.models.ticket import Participant, Ticket, TicketMerge
from helpdesk.tickets.models.writing import LastLook, Shortcut

__all__ = [
    "Attachment",
    "Delivery",
    "DeliveryAttempt",
    "LastLook",
    "LoopStop",
    "Message",
    "Participant",
    "Shortcut",
    "Survey",
    "Ticket",
    "TicketMerge",
    "attachment_path",
]
