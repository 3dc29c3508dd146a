from funnel.models.invest import Assumptions, Signal
from funnel.models.reckoning import DirtyDay, Edition, SupportConversation, SupportSession, Tally
from funnel.models.sharing import ReportMail, ReportSchedule, SharedReport

__all__ = [
    "Assumptions",
    "DirtyDay",
    "Edition",
    "ReportMail",
    "ReportSchedule",
    "SharedReport",
    "Signal",
    "SupportConversation",
    "SupportSession",
    "Tally",
]
