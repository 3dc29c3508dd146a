from helpdesk.tickets.models.call import PhoneCall
from helpdesk.tickets.models.delivery import Delivery, DeliveryAttempt, LoopStop
from helpdesk.tickets.models.message import Attachment, Message, attachment_path
from helpdesk.tickets.models.pile_count import PileCount
from helpdesk.tickets.models.saved_view import SavedView
from helpdesk.tickets.models.shortcuts import MacroRun, Shortcut, ShortcutUse
from helpdesk.tickets.models.survey import Survey
from helpdesk.tickets.models.ticket import Participant, Ticket, TicketMerge
from helpdesk.tickets.models.writing import LastLook, Mention

__all__ = [
    "Attachment",
    "Delivery",
    "DeliveryAttempt",
    "LastLook",
    "LoopStop",
    "Mention",
    "MacroRun",
    "Message",
    "Participant",
    "PhoneCall",
    "PileCount",
    "SavedView",
    "Shortcut",
    "ShortcutUse",
    "Survey",
    "Ticket",
    "TicketMerge",
    "attachment_path",
]
