"""The desk's modules as one script: what stood in each stands there once, after what it needs."""

import re

import pytest
from django.urls import reverse

from helpdesk.desk import script
from helpdesk.desk.script import Bundle, NotBundled, desk_script, script_version

SOURCES = {
    "desk/desk.js": 'import "./one.js";\nimport { go as start } from "./two.js";\n\nstart();\n',
    "desk/one.js": 'import { toast } from "../js/toast.js";\n\nconst MOST = 1;\ntoast(MOST);\n',
    "desk/two.js": "// Two.\nconst MOST = 2;\n\nexport async function go() {\n  return MOST;\n}\n",
    "desk/round.js": 'import "./about.js";\n',
    "desk/about.js": 'import "./round.js";\n',
    "desk/other.js": "export default class Other {}\n",
}


@pytest.fixture
def sources(tmp_path, settings):
    """A folder of static files of its own."""
    for name, text in SOURCES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [tmp_path]
    script.finders.get_finder.cache_clear()
    yield
    script.finders.get_finder.cache_clear()


def test_each_module_has_a_scope_of_its_own_and_hands_over_what_it_exports(sources):
    bundle = Bundle()
    bundle.add("desk/desk.js")
    assert list(bundle.outside) == ['import { toast } from "/static/js/toast.js";\n']
    assert list(bundle.done) == ["desk/one.js", "desk/two.js", "desk/desk.js"]
    assert bundle.done["desk/one.js"] == "{\nconst MOST = 1;\ntoast(MOST);\n}\n"
    assert bundle.done["desk/two.js"] == (
        "const $two = (() => {\nconst MOST = 2;\nasync function go() {\nreturn MOST;\n}\nreturn { go };\n})();\n"
    )
    assert "const { go: start } = $two;" in bundle.done["desk/desk.js"]


@pytest.mark.parametrize("name", ["desk/round.js", "desk/other.js"])
def test_what_can_not_be_put_together_is_refused(sources, name):
    with pytest.raises(NotBundled):
        Bundle().add(name)


def test_every_module_of_the_desk_is_in_it_once():
    text = desk_script()
    for element in ("desk-live", "reply-composer", "search-hints", "thread-log"):
        assert text.count(f'customElements.define("{element}"') == 1
    assert re.findall(r'import\s*\{[^}]*\}\s*from\s*"([^"]*)"', text) == ["/static/js/toast-message.js"]


@pytest.mark.django_db
def test_it_is_kept_for_ever_under_its_own_name_and_for_once_under_an_old_one(desk):
    page = desk.get(reverse("desk:home")).content.decode()
    address = reverse("desk:script", args=[script_version()])
    assert f'<script type="module" src="{address}">' in page
    answer = desk.get(address)
    assert answer.content.decode() == desk_script()
    assert answer["Content-Type"].startswith("text/javascript") and "immutable" in answer["Cache-Control"]
    assert "max-age=0" in desk.get(reverse("desk:script", args=["0ld"]))["Cache-Control"]
