"""The flow as a PNG, for a slide or a chat: with its title, period and workspace."""

from django.utils.translation import override

from funnel.files.contents import ReportPage, picture_contents
from funnel.files.typesetting import set_png

SHEET = 1240  # points, the width of sheets/picture.typ
POINTS_AN_INCH = 72


def draw_png(page: ReportPage, *, language: str, width: int = 2 * SHEET, dark: bool = False) -> bytes:
    """The file, in one of settings.LANGUAGES, `width` pixels wide and as high as it needs. About 0.1 s of CPU."""
    with override(language):
        contents = picture_contents(page, dark=dark)
    return set_png("picture", contents, density=POINTS_AN_INCH * width / SHEET)
