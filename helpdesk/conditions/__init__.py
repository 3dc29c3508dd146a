"""What a rule may ask: one table of fields and operators for triggers, assignment rules, views and audiences.

A condition is stored as a group, nested once:
{"match": "all" | "any", "lines": [{"field", "op", "value"} | {"match", "lines": [{"field", "op", "value"}, ...]}, ...]}.
A group without lines always holds.
"""

from helpdesk.conditions.cases import Case, case_of, case_of_ticket, cases_of
from helpdesk.conditions.editing import editor_of, is_press_of, read_group
from helpdesk.conditions.fields import FIELDS, Field, fields_for, find_field
from helpdesk.conditions.groups import NOTHING_ASKED, compile_group, explain, normal_group
from helpdesk.conditions.operators import OPERATORS, Operator, operators_for
from helpdesk.conditions.refusing import faults_of
from helpdesk.conditions.saying import Offers, say_group, say_line
from helpdesk.conditions.sql import as_q, first_cut

__all__ = [
    "FIELDS",
    "NOTHING_ASKED",
    "OPERATORS",
    "Case",
    "Field",
    "Offers",
    "Operator",
    "as_q",
    "case_of",
    "case_of_ticket",
    "cases_of",
    "compile_group",
    "editor_of",
    "explain",
    "faults_of",
    "first_cut",
    "fields_for",
    "find_field",
    "is_press_of",
    "normal_group",
    "operators_for",
    "read_group",
    "say_group",
    "say_line",
]
