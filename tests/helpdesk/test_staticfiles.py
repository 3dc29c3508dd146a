"""Scripts and styles are kept without what only their readers need."""

import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from helpdesk.staticfiles import HashedStaticFiles, as_sent

ROOT = Path(__file__).parents[2]
SCRIPT = """// What it is for.
import { rows } from "./panes.js";

/** Says so
 *  in two lines. */
function go() {
  const address = "https://shop.example/*"; // stays, as it stands behind something
  return `${rows()} of ${address}`;
}
"""


def test_comments_and_indents_are_left_out_and_nothing_else():
    assert as_sent(SCRIPT, ".js").splitlines() == [
        'import { rows } from "./panes.js";',
        "function go() {",
        'const address = "https://shop.example/*"; // stays, as it stands behind something',
        "return `${rows()} of ${address}`;",
        "}",
    ]
    assert as_sent("/* Rows */\n@layer page {\n  .row {\n    color: red;\n  }\n}\n", ".css") == (
        "@layer page {\n.row {\ncolor: red;\n}\n}\n"
    )


@pytest.mark.parametrize("script", sorted(ROOT.glob("*/**/static/**/*.js")), ids=lambda path: path.name)
def test_no_text_of_ours_goes_over_several_lines(script):
    if {"vendor", ".venv", "widget"} & set(script.parts):  # the widget's are made ready by webchat/scripts.py
        return
    source = re.sub(r'"[^"\n]*"|`[^`\n]*`', "", as_sent(script.read_text(), ".js"))
    assert "`" not in source, "its indent would be lost"


def test_what_is_collected_is_what_is_sent(tmp_path):
    storage = HashedStaticFiles(location=tmp_path)
    storage.save("desk/desk.js", ContentFile(SCRIPT.encode()))
    storage.save("vendor/other.js", ContentFile(SCRIPT.encode()))
    assert (tmp_path / "desk/desk.js").read_text() == as_sent(SCRIPT, ".js")
    assert (tmp_path / "vendor/other.js").read_text() == SCRIPT
