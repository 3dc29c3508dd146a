"""What only mail needs is not loaded by the processes that serve pages."""

import subprocess
import sys

OF_MAIL = {"aiosmtpd", "authres", "dkim", "dns", "icalendar", "numpy", "py3langid", "tnefparse"}
START = "import django; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns; import sys"


def test_pages_are_served_without_the_libraries_of_mail():
    told = f"{START}; print(*({OF_MAIL!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
