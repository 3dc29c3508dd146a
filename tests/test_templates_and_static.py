"""What the browser is sent, house-wide: clean under a strict policy, for every direction of writing, and small."""

import gzip
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.staticfiles import as_sent

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["helpdesk", "routing", "knowledge", "funnel"]
# A customer's mail, drawn under a policy of its own in a locked frame; a mail of ours, which has no style sheet.
SANDBOXED = {"original.html", "chat_copy.html", "letter.html", "message.html"}
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")|<style\b|\sstyle\s*=|\son[a-z]+\s*="
    r"|hx-on|data-hx-on|=\s*['\"]\s*javascript:|hx-(?:vals|headers)\s*=\s*['\"]\s*(?:js|javascript):",
    re.IGNORECASE,
)
SIDES = "left|right|top|bottom"
PHYSICAL = re.compile(
    rf"(?<![\w-])(?:(?:scroll-)?(?:margin|padding)-(?:{SIDES})|border-(?:{SIDES})(?:-\w+)?|inset-(?:{SIDES})"
    rf"|border-(?:top|bottom)-(?:left|right)-radius|{SIDES})\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b",
    re.IGNORECASE,
)
NAMES = "white|black|red|green|blue|gr[ae]y|silver|orange|yellow|purple|navy|teal|maroon|pink|gold"
COLOUR = re.compile(
    rf"#[0-9a-f]{{3,8}}(?![\w-])|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\(|:\s*(?:{NAMES})\b", re.IGNORECASE
)


def files(pattern: str) -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob(pattern))


def ours(pattern: str) -> list[Path]:
    return [path for path in files(pattern) if "vendor" not in path.parts]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_with(rule: re.Pattern, path: Path) -> list[str]:
    """The lines of a file that break a rule, without what comments say."""
    text = re.sub(r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), path.read_text(), flags=re.DOTALL)
    return [
        f"{number}: {found[0]}"
        for number, line in enumerate(text.splitlines(), 1)
        if (found := rule.search(line))
    ]


def gzipped(paths: list[Path]) -> int:
    """Of our own scripts and styles what is sent of them."""
    return sum(len(gzip.compress(sent(path).encode(), 9)) for path in paths)


def sent(path: Path) -> str:
    is_vendored = "vendor" in path.parts
    return path.read_text() if is_vendored else as_sent(path.read_text(), path.suffix)


def inside(pattern: str, *folders: str) -> list[Path]:
    found = [path for path in ours(pattern) if any(name_of(path).startswith(folder) for folder in folders)]
    assert found
    return found


@pytest.mark.parametrize("path", [*ours("*.html"), *ours("*.xml")], ids=name_of)
def test_a_template_carries_no_inline_script_style_or_handler(path):
    assert path.name in SANDBOXED or lines_with(INLINE, path) == []


@pytest.mark.parametrize("path", ours("*.css"), ids=name_of)
def test_a_style_sheet_follows_the_direction_of_the_writing(path):
    assert lines_with(PHYSICAL, path) == []


@pytest.mark.parametrize("path", [p for p in ours("*.css") if p.name != "tokens.css"], ids=name_of)
def test_a_style_sheet_takes_its_colours_from_the_tokens(path):
    assert lines_with(COLOUR, path) == []


@pytest.mark.parametrize("path", ours("*.js"), ids=name_of)
def test_a_script_evaluates_no_text_and_writes_no_style_attribute(path):
    forbidden = re.compile(r"\beval\(|new Function\(|document\.write|setAttribute\(\s*[\"']style")
    assert lines_with(forbidden, path) == []


@pytest.mark.parametrize(
    "text", ['<p style="x">', "<script>", '<a onclick="x">', "<style>", '<b hx-on:x="y">']
)
def test_the_rule_for_templates_finds_what_it_is_for(text):
    assert INLINE.search(text)


@pytest.mark.parametrize(
    "text", ["margin-left: 0", "left: 0", "text-align: right", "border-top: 0", "border-top-left-radius: 1px"]
)
def test_the_rule_for_directions_finds_what_it_is_for(text):
    assert PHYSICAL.search(text)
    assert not PHYSICAL.search(
        text.replace("left", "inline-start").replace("right", "end").replace("top", "block-start")
    )


@pytest.mark.parametrize("text", ["color: #fff", "color: white", "background: rgb(0 0 0)", "oklch(0 0 0)"])
def test_the_rule_for_colours_finds_what_it_is_for(text):
    assert COLOUR.search(text)


def test_the_desk_s_styles_stay_within_20_kilobytes():
    assert gzipped(inside("*.css", "helpdesk/desk/static/", "helpdesk/static/css/")) <= 20_000


@pytest.mark.parametrize("package", ["routing", "knowledge", "funnel", "helpdesk/workspace", "helpdesk/demo"])
def test_what_one_more_screen_costs_stays_within_8_kilobytes(package):
    sheets = inside("*.css", f"{package}/static/")
    scripts = [path for path in ours("*.js") if name_of(path).startswith(f"{package}/static/")]
    assert gzipped(sheets + scripts) <= 8_000


def test_vendored_files_are_to_the_byte_those_that_their_list_names():
    folder = ROOT / "helpdesk/static/vendor"
    listed = dict(
        re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", (folder / "README.md").read_text(), re.MULTILINE)
    )
    there = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "README.md"
    }
    assert there == listed
    assert len(there) >= 2


def test_no_page_loads_anything_from_another_host():
    foreign = re.compile(
        r"(?:src|href)\s*=\s*[\"'](?:https?:)?//(?!schema\.org)[^\"']*\.(?:js|css|woff2?)|@import\s+url|url\(\s*[\"']?(?:https?:)?//"
    )
    assert {
        name_of(p): lines_with(foreign, p)
        for p in [*ours("*.html"), *ours("*.css")]
        if lines_with(foreign, p)
    } == {}
