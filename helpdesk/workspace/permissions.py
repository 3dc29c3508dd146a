"""Where the screens of the packages on top find it too."""

from helpdesk.people.permissions import View, admin_only

__all__ = ["View", "admin_only"]
