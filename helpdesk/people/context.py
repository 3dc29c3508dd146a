from django.http import HttpRequest

from helpdesk.people.models import Workspace


class LazyWorkspace:
    """Costs a query only on the pages that print it."""

    def __init__(self) -> None:
        self.row: Workspace | None = None

    def __getattr__(self, name: str) -> object:
        self.row = self.row or Workspace.get()
        return getattr(self.row, name)


def workspace(request: HttpRequest) -> dict:
    return {"workspace": LazyWorkspace()}
