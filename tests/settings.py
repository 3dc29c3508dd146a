"""The product's settings, but for the fifth of a second that hashing a password takes on purpose: the tests, and the
programs that they start, sign in hundreds of times."""

from helpdesk.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Each test has a client of its own, and each client would look through all static files: a tenth of what the tests take.
WHITENOISE_AUTOREFRESH = True
for database in DATABASES.values():  # noqa: F405
    database["ENGINE"] = "tests.database"
