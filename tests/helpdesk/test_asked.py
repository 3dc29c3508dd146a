"""Numbers out of addresses and forms: also those that no integer can be read from."""

import pytest

from helpdesk.asked import read_number
from tests.factories import make_admin

LONG = "9" * 5_000  # Python itself refuses to read more than 4,300 digits


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), (" 7 ", 7), ("0", 0), ("", None), ("-1", None), ("٧", None), ("7.0", None), (LONG, None)],
)
def test_a_number_is_read_or_is_none(text, number):
    assert read_number(text) == number


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/settings/shortcuts/?page={LONG}", 200),
        (f"/settings/shortcuts/?deleted={LONG}", 200),
        (f"/monitor/?department={LONG}", 200),
    ],
)
def test_an_address_with_a_number_that_is_none_is_answered(client, path, status):
    client.force_login(make_admin("Ada"))
    assert client.get(path).status_code == status
