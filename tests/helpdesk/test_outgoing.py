"""Our own requests never reach what only we can reach."""

import pytest

from helpdesk.outgoing import Refused, Unreachable, is_public, send_request
from tests.loopback import QuietHandler, serving

SECRET = b"only for this machine"


class Inside(QuietHandler):
    def do_GET(self) -> None:
        where = "http://127.0.0.1:1/" if self.path == "/onward" else ""
        self.send_response(302 if where else 200)
        if where:
            self.send_header("Location", where)
        self.send_header("X-Host", self.headers["Host"])
        self.end_headers()
        self.wfile.write(SECRET)


@pytest.fixture
def inside():
    with serving(Inside) as server:
        yield server.server_port


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1", "2130706433", "0x7f000001"]
)
def test_this_machine_is_refused_however_it_is_spelled(inside, host):
    with pytest.raises((Refused, Unreachable)):
        send_request("GET", f"http://{host}:{inside}/")


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "127.0.0.53", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("2002:7f00:1::", "ff02::1", "fe80::1%eth0"),
    ],
)
def test_private_addresses_are_none_of_the_internets(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:8.8.8.8"]
)
def test_public_addresses_are(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.com/", "http://user:pw@example.com/", "http:///"]
)
def test_other_schemes_and_user_names_are_refused(url):
    with pytest.raises(Refused):
        send_request("GET", url)


def test_where_the_operator_allows_it_the_name_reaches_the_checked_address(inside, settings):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    answer = send_request("GET", f"http://localhost:{inside}/")
    assert (answer.body, answer.headers["X-Host"]) == (SECRET, f"localhost:{inside}")


def test_a_redirect_is_not_followed(inside):
    assert send_request("GET", f"http://127.0.0.1:{inside}/onward", is_trusted=True).status == 302


def test_no_more_is_read_than_was_asked_for(inside):
    answer = send_request("GET", f"http://127.0.0.1:{inside}/", is_trusted=True, most_bytes=4)
    assert (answer.body, answer.is_whole) == (SECRET[:4], False)


def test_an_error_names_the_host_and_never_the_path():
    with pytest.raises(Unreachable) as error:
        send_request("GET", "http://127.0.0.1:1/bot123:secret/getMe", is_trusted=True)
    assert "127.0.0.1" in str(error.value)
    assert "secret" not in f"{error.value!r}{error.value.__cause__!r}"
