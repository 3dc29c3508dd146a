"""Who may open the admin screens, whichever part of the house draws them."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def admin_only(view: View) -> View:
    """Anonymous people are asked to log in; agents are refused with 403."""

    @wraps(view)
    def checked(request: HttpRequest, *arguments: object, **named: object) -> HttpResponse:
        if not request.user.is_admin:
            raise PermissionDenied
        return view(request, *arguments, **named)

    return login_required(checked)
