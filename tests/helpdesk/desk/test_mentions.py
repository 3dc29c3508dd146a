"""Whom a note names."""

import pytest

from helpdesk.desk.mentions import mentioned_in
from helpdesk.people.models import User

TEAM = [User(name=name) for name in ("Ann", "Anna", "Anna Bell", "Łukasz")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Ann, look", {"Ann"}),
        ("@Anna: look", {"Anna"}),
        ("@Anna Bell knows, ask @Ann.", {"Anna Bell", "Ann"}),
        ("@Annabel is no colleague, nor is ann@Annex.example", set()),
        ("@Łukasz", {"Łukasz"}),
    ],
)
def test_only_who_is_named_in_full_is_called(text, names):
    assert {user.name for user in mentioned_in(text, TEAM)} == names
