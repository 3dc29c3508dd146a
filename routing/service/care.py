"""Sensitive matters and customers with whom only people speak: what marks a ticket, and whether machines leave it alone.

The rules of ours stand here, with words in every language of the product, until somebody changes one; then it is a row.
"""

import re
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.conditions import Case, compile_group, explain, faults_of, normal_group
from helpdesk.conditions.fields import EVENT
from helpdesk.conditions.fields.message import written_by_machine
from helpdesk.conditions.groups import Holds
from helpdesk.errors import InvalidRule, Skipped
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.tickets.actions import normal_tag
from helpdesk.tickets.marks import OURS, mark_ticket, name_of_mark
from helpdesk.tickets.models import Ticket
from routing.at_hand import AtHand
from routing.models import CareRule

HEARD = {names.TICKET_CREATED, names.MESSAGE_RECEIVED}
CANCEL = (
    "cancel my subscription, cancel my account, cancel my contract, cancel my plan, want to cancel, cancellation, terminate,"
    " close my account, end my contract, disdire, disdetta, recedere, recesso, chiudere il mio account, annullare l'abbonamento,"
    " reziliere, reziliez, rezilierea, închid contul, anulez abonamentul, anularea abonamentului,"
    " 取消订阅, 退订, 注销账户, 注销账号, 解约, 取消合同, 终止合同"
)
UPGRADE = (
    "upgrade, bigger plan, higher plan, more seats, more licenses, more licences, passare a un piano, piano superiore,"
    " più licenze, trec la un plan, plan superior, mai multe licențe, 升级, 更高的套餐, 更多席位, 增加席位"
)
BILLING = (
    "chargeback, charged twice, double charged, overcharged, wrong invoice, dispute, unauthorized charge, unauthorised charge,"
    " addebitato due volte, doppio addebito, addebito non autorizzato, fattura sbagliata, contestazione,"
    " taxat de două ori, debitat de două ori, factură greșită, contest plata, plată neautorizată,"
    " 重复扣款, 多扣, 扣了两次, 账单错误, 拒付, 未经授权的扣款"
)
LEGAL = (
    "lawyer, attorney, legal action, lawsuit, sue you, court, gdpr, data protection, consumer protection,"
    " avvocato, azioni legali, vie legali, tribunale, garante della privacy, tutela dei consumatori,"
    " avocat, acțiune în instanță, tribunal, protecția datelor, protecția consumatorului,"
    " 律师, 起诉, 法院, 法律途径, 投诉到消协, 个人信息保护"
)


def words(text: str) -> dict[str, Any]:
    """In the subject, or in what the customer has just written."""
    fields = ("subject", "text")
    lines = [{"field": field, "op": "contains_any", "value": text} for field in fields]
    return {"match": "any", "lines": lines}


def line(field: str, op: str, value: str) -> dict[str, str]:
    return {"field": field, "op": op, "value": value}


SHIPPED = (
    CareRule(mark="cancel", conditions=words(CANCEL)),
    CareRule(mark="upgrade", conditions=words(UPGRADE)),
    CareRule(mark="billing", conditions=words(BILLING)),
    CareRule(mark="legal", conditions=words(LEGAL)),
    CareRule(
        mark="high_touch",
        is_active=False,
        conditions={
            "match": "any",
            "lines": [
                line("person:plan", "contains_any", "enterprise, business"),
                line("company:size", "at_least", "200"),
            ],
        },
    ),
    CareRule(
        mark="new", is_active=False, conditions={"match": "all", "lines": [line("tenure", "less", "14")]}
    ),
    CareRule(
        mark="trial",
        is_active=False,
        conditions={
            "match": "all",
            "lines": [line("person:plan", "contains_any", "trial, free, prova, probă, 试用")],
        },
    ),
)


def care_rules() -> list[CareRule]:
    """All there are: ours, changed or as they are shipped, then the team's own."""
    rows = {rule.mark: rule for rule in CareRule.objects.all()}
    ours = [rows.pop(rule.mark, None) or rule_as_shipped(rule.mark) for rule in SHIPPED]
    return [*ours, *rows.values()]


def rule_as_shipped(mark: str) -> CareRule | None:
    """A copy, not saved."""
    found = next((rule for rule in SHIPPED if rule.mark == mark), None)
    return found and CareRule(mark=mark, is_active=found.is_active, conditions=found.conditions)


def find_rule(mark: str) -> CareRule | None:
    return next((rule for rule in care_rules() if rule.mark == mark), None)


def save_rule(rule: CareRule, *, was: str = "") -> CareRule:
    """`was`: the mark it had before; "" for a new one. Raises InvalidRule."""
    rule.mark = rule.mark if rule.mark in OURS else normal_tag(rule.mark)
    faults = dict(faults_of(rule.conditions, scope=EVENT))
    if not normal_group(rule.conditions)["lines"]:
        faults["conditions"] = _("Say when: without a condition every ticket would be marked.")
    if not rule.mark:
        faults["mark"] = _("Give it a name.")
    elif rule.mark != was and find_rule(rule.mark):
        faults["mark"] = _("There is such a mark already.")
    if faults:
        raise InvalidRule(faults)
    rule.conditions = normal_group(rule.conditions)
    rule.save()
    return rule


def forget_rule(rule: CareRule) -> None:
    """One of ours is again as it was shipped; one of the team's is gone. Tickets keep their marks."""
    if rule.pk:
        rule.delete()


def read_ready() -> list[tuple[CareRule, Holds]]:
    return [(rule, compile_group(rule.conditions)) for rule in care_rules() if rule.is_active]


READY = AtHand(read_ready)


def mark_by_rules(case: Case) -> bool:
    """Mark the case's ticket by every rule that holds; whether any does. A mark that somebody took off is not put on again,
    and what a machine wrote marks nothing."""
    if case.event.name not in HEARD:
        return False
    fitting = [rule for rule, holds in READY.get() if rule.mark not in case.ticket.marks and holds(case)]
    if not fitting or written_by_machine(case):
        return False
    refused = taken_off(case.ticket)
    for rule in fitting:
        if rule.mark not in refused:
            marked = mark_ticket(case.ticket, marks=[rule.mark], by=SYSTEM, why=why(rule, case))
            case.ticket.marks = marked.marks
    return True


def why(rule: CareRule, case: Case) -> str:
    """The word that was found, or the value of which the condition held."""
    for asked, held, value in explain(rule.conditions, case):
        if held:
            return found_word(asked, case) or said(value)
    return ""


def found_word(asked: dict[str, Any], case: Case) -> str:
    if asked.get("op") != "contains_any":
        return ""
    terms = (term.strip() for term in re.split("[,，]", str(asked.get("value", ""))))
    return next((term for term in terms if term and compile_group([{**asked, "value": term}])(case)), "")


def said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def taken_off(ticket: Ticket) -> set[str]:
    """The marks that a person took off."""
    facts = Event.objects.filter(ticket=ticket.pk, name=names.TICKET_UNMARKED, actor_kind="agent")
    return {mark for data in facts.values_list("data", flat=True) for mark in data.get("marks", [])}


def marks_for_people() -> set[str]:
    """The marks of tickets that machines leave to people."""
    rules = care_rules()
    lenient = {rule.mark for rule in rules if not (rule.is_active and rule.leaves_to_people)}
    return {rule.mark for rule in rules} - lenient


def is_left_to_people(ticket: Ticket) -> bool:
    """Whether no machine should say anything to its customer: what automation asks before it does."""
    return bool(ticket.marks) and not marks_for_people().isdisjoint(ticket.marks)


def refuse_machines(ticket: Ticket) -> None:
    """Raises Skipped, which says why, where the ticket is left to people."""
    reasons = marks_for_people().intersection(ticket.marks) if ticket.marks else set()
    if reasons:
        said = ", ".join(sorted(map(name_of_mark, reasons)))
        raise Skipped(_("Not sent: “%(marks)s” is left to people.") % {"marks": said})


@transaction.atomic
def switch_rule(mark: str, *, is_active: bool) -> CareRule | None:
    """Switch a rule on or off; one of ours gets its row. None where there is none of this mark."""
    rule = find_rule(mark)
    if rule:
        rule.is_active = is_active
        rule.save()
    return rule
