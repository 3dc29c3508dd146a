"""Whatever a template says, it is drawn as Django draws it."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template import Context, Engine, RequestContext
from django.template.base import Node
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from helpdesk.drawing.words import Words

OPTIONS = settings.TEMPLATES[0]["OPTIONS"]
PARTS = {
    "part": "<b>{{ name }}</b>{% translate 'Close' %}{% if extra %}{{ extra }}{% endif %}",
    "cycling": "{% cycle 'odd' 'even' %}",
    "frame": "<!doctype html>{% block head %}head{% endblock %}{% if yes %}{% block body %}{% endblock %}{% endif %}",
    "folder/one": "{% include './two' %}",
    "folder/two": "two",
}


def engine(loader: str, templates: dict[str, str], *, debug: bool = False) -> Engine:
    return Engine(
        debug=debug,
        loaders=[(loader, [("django.template.loaders.locmem.Loader", templates)])],
        builtins=[*OPTIONS["builtins"], "django.templatetags.i18n", "django.templatetags.tz"],
        libraries={
            "static": "django.templatetags.static",
            "humanize": "django.contrib.humanize.templatetags.humanize",
        },
    )


class Ticket:
    pk, subject, tags = 7, "Where is <my> order?", ["a&b", "c"]
    created_at = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)

    def __str__(self) -> str:
        return "<Ticket>"

    def method(self) -> str:
        return "said & done"

    def needs_more(self, more: str) -> str:
        return more

    def delete(self) -> str:
        return "gone"

    delete.alters_data = True

    @property
    def broken(self) -> str:
        raise KeyError("broken")

    @property
    def lacking(self) -> str:
        return self.nothing_of_that_name

    @property
    def nobody(self) -> str:
        error = LookupError("nobody")
        error.silent_variable_failure = True
        raise error


def values() -> dict:
    ticket = Ticket()
    return {
        "name": "Ada <ada@example.com>",
        "safe": mark_safe("<i>safe</i>"),
        "ticket": ticket,
        "lazy": SimpleLazyObject(lambda: ticket),
        "later": gettext_lazy("Close"),
        "zero": 0, "number": 1234567, "share": 0.5, "none": None, "yes": True, "no": False, "empty": "",
        "names": ["<a>", "b"], "pairs": [("a", 1), ("b", 2)], "by_name": {"items": "its own", "key": {"deep": "<deep>", "name": "spam"}},
        "at": datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "on": date(2026, 7, 1), "bare": datetime(2026, 7, 1, 8, 5, tzinfo=UTC).replace(tzinfo=None), "kinds": ["H:i"],
        "keys": ["mine", "open"], "kind": Ticket, "view": "desk:home", "text": "'quoted' & \"both\"", "generator": (n for n in "xyz"),
        "space": SimpleNamespace(a=SimpleNamespace(b="<b>")),
    }  # fmt: skip


SAID = [
    # values
    "{{ name }}|{{ safe }}|{{ text }}|{{ number }}|{{ share }}|{{ none }}|{{ yes }}|{{ at }}|{{ on }}|{{ later }}",
    "{{ ticket.subject }}|{{ ticket.method }}|{{ ticket.delete }}|{{ ticket.needs_more }}|{{ ticket }}|{{ lazy.subject }}",
    "{{ missing }}|{{ ticket.missing }}|{{ missing.deep }}|{{ ticket.nobody }}|{{ none.deep }}|{{ kind.subject }}",
    "{{ names.0 }}|{{ names.5 }}|{{ by_name.items }}|{{ by_name.key.deep }}|{{ by_name.none }}|{{ space.a.b }}|{{ names.count }}",
    "{{ 'text <b>' }}|{{ 12 }}|{{ 1.5 }}|{{ _('Close') }}|{{ True }}|{{ request }}|{{ block }}",
    "{% autoescape off %}{{ name }}{{ text }}{{ number }}{{ safe }}{% endautoescape %}",
    # filters
    "{{ name|upper }}|{{ safe|upper }}|{{ name|default:'x' }}|{{ missing|default:name }}|{{ empty|default:_('Close') }}|{{ none|default_if_none:_('<b>') }}",
    "{{ at|date:'DATETIME_FORMAT' }}|{{ at|time:'TIME_FORMAT' }}|{{ on|date:'Y-m-d' }}|{{ none|date:'Y' }}|{{ at.isoformat }}",
    "{{ name|truncatechars:5 }}|{{ names|join:', ' }}|{{ names|length }}|{{ name|escape }}|{{ name|safe }}|{{ text|linebreaks }}",
    "{{ number|add:1 }}|{{ safe|add:name }}|{{ name|urlencode }}|{{ missing|join:', ' }}|{{ safe|truncatechars:4 }}",
    "{{ at|date:'jS F Y H:i:s e T P' }}|{{ at|date:'\\\\a\\\\t j. N' }}|{{ at|time:'H:i' }}|{{ at|time }}|{{ at|date:kinds.0 }}",
    "{{ at.time|time:'H:i' }}|{{ empty|date:'Y' }}|{{ name|date:'Y' }}|{{ on|date:'SHORT_DATE_FORMAT' }}|{{ bare|date:'DATETIME_FORMAT' }}",
    # conditions
    "{% if name %}a{% elif yes %}b{% else %}c{% endif %}{% if missing %}a{% elif yes %}b{% endif %}{% if no %}a{% else %}c{% endif %}",
    "{% if missing == none %}a{% endif %}{% if not missing %}b{% endif %}{% if missing and name %}c{% endif %}{% if empty or zero %}d{% endif %}",
    "{% if number > 3 and not no or missing %}a{% endif %}{% if 'a' in names %}b{% endif %}{% if '<a>' not in names %}c{% endif %}",
    "{% if name < number %}a{% else %}b{% endif %}{% if number >= 7 %}c{% endif %}{% if none is None %}d{% endif %}{% if name is not none %}e{% endif %}",
    "{% if names|length > 1 %}a{% endif %}{% if missing|length == 0 %}b{% endif %}{% if name|cut:missing %}c{% else %}d{% endif %}",
    "{% if not ticket.broken %}a{% else %}b{% endif %}{% if ticket.broken == 1 or yes %}c{% else %}d{% endif %}",
    "{% if name != text %}a{% endif %}{% if ticket.nobody == '' %}b{% endif %}",
    # loops
    "{% for one in names %}{{ forloop.counter }}{{ forloop.first }}{{ forloop.last }}{{ forloop.revcounter }}{{ one }}{% endfor %}{{ one }}",
    "{% for one, two in pairs %}{{ one }}={{ two }};{% for deep in names reversed %}{{ forloop.parentloop.counter0 }}{{ deep }}{% endfor %}{% endfor %}",
    "{% for one in missing %}x{% empty %}none{% endfor %}{% for one in none %}x{% endfor %}{% for one in generator %}{{ one }}{% endfor %}",
    "{% for key, value in by_name.key.items %}{{ key }}{{ value }}{% endfor %}{% for one in names %}{% cycle 'a' 'b' %}{% ifchanged %}{{ no }}{% endifchanged %}{% endfor %}",
    "{% for one in names %}{% with both=one|add:'!' %}{{ both }}{% endwith %}{{ both }}{% endfor %}",
    # words
    "{% translate 'Close' %}|{% translate 'Close' as word %}{{ word }}|{% translate name %}|{% translate 'View' context 'inbox' %}|{% translate '100%' %}",
    "{% blocktranslate with name=ticket.subject %}Order: {{ name }}{% endblocktranslate %}{% blocktranslate count n=number %}one{% plural %}{{ n }}{% endblocktranslate %}",
    "{% translate 'View' context 'inbox' as word %}{{ word }}|{% translate name as word %}{{ word }}|{% translate 'Close'|upper as w %}{{ w }}|{% blocktranslate %}plain 100%{% endblocktranslate %}",
    "{% blocktranslate with number=ticket.pk %}Open #{{ number }}{% endblocktranslate %}|{% blocktranslate trimmed %}  a {{ name }}\n b{% endblocktranslate %}|{% blocktranslate asvar kept %}{{ name }}{% endblocktranslate %}{{ kept }}",
    "{% blocktranslate context 'inbox' %}View{% endblocktranslate %}|{% blocktranslate %}{{ missing }} {{ number }} {{ safe }} {{ none }}{% endblocktranslate %}{% blocktranslate with a=1 %}{{ a }}{% endblocktranslate %}{{ a }}",
    "{% language 'it' %}{% translate 'Close' %}{% include 'part' %}{% endlanguage %}{% translate 'Close' %}{{ later }}",
    "{% icon 'send' %}{% icon 'send' 'icon--turns' %}{% with name='bell' %}{% icon name %}{% icon name 'icon--large' %}{% endwith %}{% icon 'x' as made %}{{ made }}",
    "{% load static %}{% static 'icons/sprite.svg' %}{% static name %}{% static 'icons/sprite.svg' as where %}{{ where }}",
    "{# said to nobody #}{% comment %}{{ ticket.broken }}{% endcomment %}a{% load humanize %}{{ number|intcomma }}",
    # addresses
    "{% url 'desk:home' %}|{% url 'desk:ticket' ticket.pk %}|{% url 'desk:change' ticket.pk 'spam' %}|{% url view %}|{% url 'desk:ticket' '8' %}",
    "{% url 'desk:ticket' pk=ticket.pk %}|{% url 'desk:nowhere' as nowhere %}{{ nowhere }}|{% url 'desk:ticket' ticket.pk as there %}{{ there }}",
    "{% for pk in names %}{% url 'desk:ticket' forloop.counter as there %}{{ there }}{% endfor %}{% url 'desk:home' as home %}{{ home }}{% url 'desk:pile' 'mine' as mine %}{{ mine|length }}{% url 'desk:ticket' name as no %}[{{ no }}]",
    "{% for pk in names %}{% url 'desk:ticket' forloop.counter %}{% endfor %}{% autoescape off %}{% url 'desk:ticket' 3 %}{% endautoescape %}",
    "{% url 'desk:pile' 'mine' %}|{% for key in keys %}{% url 'desk:pile' key %}{% endfor %}|{% url 'desk:change' ticket.pk by_name.key.name %}",
    # parts
    "{% include 'part' %}|{% include 'part' with extra=ticket.pk name='x' %}|{% include 'part' with extra=1 only %}|{% include which %}",
    "{% for one in names %}{% include 'cycling' %}{% include 'part' with name=one %}{% endfor %}{% include 'folder/one' %}",
    "{% extends 'frame' %}{% block head %}{{ block.super }}{{ name }}{% endblock %}{% block body %}{% translate 'Close' %}{% endblock %}",
    "{% localtime off %}{{ at }}{% endlocaltime %}{% timezone 'Asia/Tokyo' %}{{ at|date:'H' }}{% endtimezone %}{% firstof missing name %}",
    "{% spaceless %}<p> <b>{{ name }}</b> </p>{% endspaceless %}{% filter upper %}{{ name }}{% endfilter %}{% csrf_token %}",
]  # fmt: skip


@pytest.mark.parametrize("source", SAID)
@pytest.mark.parametrize("language", ["en", "it"])
def test_a_page_is_drawn_as_django_draws_it(source, language):
    templates = PARTS | {"page": source}
    ours, theirs = (
        engine(loader, templates).get_template("page")
        for loader in ("helpdesk.drawing.loader.Loader", "django.template.loaders.cached.Loader")
    )
    assert "Quick" in type(ours.nodelist).__name__
    with translation.override(language):
        wanted = theirs.render(context())
        assert ours.render(context()) == wanted
        assert ours.render(context()) == wanted  # and so it stays the second time


def context() -> Context:
    return Context(values() | {"which": "part", "csrf_token": "secret"})


@pytest.mark.parametrize("source", ["{{ ticket.broken }}", "{{ ticket.lacking }}", "{% if ticket.broken %}{% endif %}",
                                    "{% for a, b in names %}{% endfor %}", "{% url 'desk:ticket' name %}",
                                    "{% url 'desk:ticket' -1 %}", "{% include 'nowhere' %}", "{{ name|cut:missing.x }}"])  # fmt: skip
def test_what_django_refuses_is_refused_alike(source):
    templates = {"page": source}
    ours, theirs = (
        engine(loader, templates).get_template("page")
        for loader in ("helpdesk.drawing.loader.Loader", "django.template.loaders.cached.Loader")
    )
    with pytest.raises(Exception) as wanted:  # noqa: PT011  whatever Django says
        theirs.render(context())
    with pytest.raises(type(wanted.value)) as got:
        ours.render(context())
    assert str(got.value).strip()[:40] == str(wanted.value).strip()[:40]


def test_one_template_says_it_to_each_in_their_language():
    page = engine("helpdesk.drawing.loader.Loader", {"page": "<b>{% translate 'Close' %}</b>{% icon 'x' %}"})
    page = page.get_template("page")
    assert [type(node) for node in page.nodelist] == [Words]
    said = {}
    for language in ("en", "it", "en", "ro", "it"):
        with translation.override(language):
            said.setdefault(language, set()).add(page.render(Context()))
    assert all(len(words) == 1 for words in said.values())
    assert len({words.pop() for words in said.values()}) == 3


def test_an_address_takes_the_number_it_is_asked_for(rf):
    page = engine(
        "helpdesk.drawing.loader.Loader", {"page": "{% url 'desk:change' pk 'tags' %}"}
    ).get_template("page")
    request = rf.get("/")
    assert [page.render(RequestContext(request, {"pk": pk})) for pk in (3, 40000, 3)] == [
        f"/desk/tickets/{pk}/tags/" for pk in (3, 40000, 3)
    ]


def test_the_house_draws_its_own_templates_so():
    kept: list[Node] = Engine.get_default().get_template("desk/_head.html").nodelist
    assert any(isinstance(node, Words) for node in kept)


def test_where_an_error_stands_is_told_while_developing():
    page = engine(
        "helpdesk.drawing.loader.Loader", {"page": "{% if yes %}\n{{ ticket.broken }}{% endif %}"}, debug=True
    )
    with pytest.raises(KeyError) as told:
        page.get_template("page").render(context())
    assert told.value.template_debug["line"] == 2
