"""The product's settings, with a door that does nothing beside it: the floor of every request."""

from helpdesk.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
