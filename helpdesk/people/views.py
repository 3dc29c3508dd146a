"""Coming in, going out, and one's own account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_ratelimit.core import is_ratelimited

from helpdesk.people.forms import AccountForm, PasswordForm
from helpdesk.people.models import User

YEAR = 60 * 60 * 24 * 365


@never_cache
@sensitive_post_parameters("password")
def login_page(request: HttpRequest) -> HttpResponse:
    """Ask for address and password. Too many tries from one address or for one account are refused for a minute."""
    onward = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}):
        onward = settings.LOGIN_REDIRECT_URL
    if request.user.is_authenticated:
        return redirect(onward)
    form = AuthenticationForm(request, data=with_small_letters(request.POST) if request.POST else None)
    is_refused = request.method == "POST" and has_tried_too_often(request)
    if request.method == "POST" and not is_refused and form.is_valid():
        user = form.get_user()
        login(request, user)
        return at_browser(request, with_theme(redirect(onward), user.theme), user)
    page = {"form": form, "next": onward, "is_refused": is_refused, "is_demo": settings.DEMO}
    return render(request, "people/login.html", page, status=429 if is_refused else 200)


@login_required
def login_to_admin(request: HttpRequest) -> HttpResponse:
    """Django's admin sends everybody here whom it does not know; it has no login of its own."""
    if not request.user.is_staff:
        raise PermissionDenied
    return redirect("admin:index")


def with_small_letters(form: QueryDict) -> QueryDict:
    """Addresses are kept in small letters, and people write them as they like."""
    form = form.copy()
    form["username"] = form.get("username", "").strip().lower()
    return form


def has_tried_too_often(request: HttpRequest) -> bool:
    by_address = is_ratelimited(request, group="login", key="ip", rate="30/m", increment=True)
    by_account = is_ratelimited(
        request,
        group="login",
        key=lambda _, r: r.POST.get("username", "").strip().lower(),
        rate="10/m",
        increment=True,
    )
    return by_address or by_account


@require_POST
def logout_page(request: HttpRequest) -> HttpResponse:
    logout(request)
    return at_browser(request, redirect(settings.LOGOUT_REDIRECT_URL), None)


def at_browser(request: HttpRequest, response: HttpResponse, user: User | None) -> HttpResponse:
    """This is at the browser now, or nobody: it lets go of what it kept for anybody else."""
    import_string(settings.BROWSER_LEFT)(request, response, stays=user)
    return response


@login_required
def account_page(request: HttpRequest) -> HttpResponse:
    """Own name, language, time zone, theme and signature."""
    form = AccountForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        messages.success(request, _("Your account is saved."))
        return with_theme(redirect("account"), user.theme)
    return render(request, "people/account.html", {"form": form, "password_form": PasswordForm(request.user)})


@login_required
@require_POST
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.user, request.POST)
    if form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(request, _("Your password is changed."))
        return redirect("account")
    page = {"form": AccountForm(instance=request.user), "password_form": form}
    return render(request, "people/account.html", page, status=422)


@login_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme that the switch in the rail has already shown."""
    theme = request.POST.get("theme", "")
    theme = theme if theme in User.Theme.values else User.Theme.SYSTEM
    User.objects.filter(pk=request.user.pk).update(theme=theme)
    return with_theme(HttpResponse(status=204), theme)


def with_theme(response: HttpResponse, theme: str) -> HttpResponse:
    """The cookie lets every page, the public ones too, be drawn in the theme at once."""
    if theme:
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax")
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
