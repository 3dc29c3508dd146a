"""The languages of the help center and their place in the URL."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import register_converter
from django.utils import translation


def languages() -> dict[str, str]:
    """Language code -> its own name, in the order of the settings."""
    return dict(settings.LANGUAGES)


class LanguageConverter:
    """`<language:language>` in a URL: one of the codes of settings.LANGUAGES, nothing else."""

    regex = "|".join(sorted((code for code, _ in settings.LANGUAGES), key=len, reverse=True))

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LanguageConverter, "language")


def in_page_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Shows the page in the language of its URL, whatever the browser or the account prefers."""

    @wraps(view)
    def shown(request: HttpRequest, language: str, *args: object, **details: object) -> HttpResponse:
        translation.activate(language)
        request.LANGUAGE_CODE = language
        return view(request, language, *args, **details)

    return shown


def language_asked(request: HttpRequest) -> str:
    """The language of a fragment or a JSON answer: `?lang=`, else what Django made of cookie and browser."""
    return (
        nearest_language(request.GET.get("lang", ""))
        or nearest_language(request.LANGUAGE_CODE)
        or first_language()
    )


def nearest_language(code: str) -> str:
    """The help center's language for a language code: `zh`, `zh-CN` mean the variant we have; "" for none."""
    try:
        return translation.get_supported_language_variant(code.strip().lower()) if code else ""
    except LookupError:
        return ""


def first_language() -> str:
    return settings.LANGUAGE_CODE
