"""Where a ticket goes, and when somebody is there. One file an area."""

from routing.models.assignment import (
    AssignmentRule,
    LoadSettings,
    Placement,
    Shift,
    Skill,
    Trace,
    Workload,
)
from routing.models.bot import Bot, BotRun
from routing.models.department import Department, Membership
from routing.models.dry_run import DryRun
from routing.models.hours import BusinessHours
from routing.models.service import (
    CareRule,
    Escalation,
    EscalationPath,
    PriorityFormula,
    PriorityReading,
    Promise,
    PromiseKind,
    ServicePolicy,
)
from routing.models.stamp import RuleStamp
from routing.models.survey_policy import SurveyPolicy
from routing.models.trigger import Trigger, TriggerRun, TriggerSweep, TriggerVersion
from routing.models.watching import HighLoad, Threshold
from routing.models.webhook import Webhook, WebhookCall

__all__ = [
    "AssignmentRule",
    "Bot",
    "BotRun",
    "BusinessHours",
    "CareRule",
    "Department",
    "DryRun",
    "Escalation",
    "EscalationPath",
    "HighLoad",
    "LoadSettings",
    "Membership",
    "Placement",
    "PriorityFormula",
    "PriorityReading",
    "Promise",
    "PromiseKind",
    "RuleStamp",
    "ServicePolicy",
    "Shift",
    "Skill",
    "Trace",
    "SurveyPolicy",
    "Threshold",
    "Trigger",
    "TriggerRun",
    "TriggerSweep",
    "TriggerVersion",
    "Webhook",
    "WebhookCall",
    "Workload",
]
