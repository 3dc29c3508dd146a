"""What could not run is refused, with its place and its reason."""

import pytest

from helpdesk.errors import InvalidRule
from routing.bots.saving import MOST_OPTIONS, MOST_QUESTIONS, save_bot
from routing.models import Bot
from tests.routing.bots.chats import ask, make_bot, option

pytestmark = pytest.mark.django_db
TWO = [option("One"), option("Two")]


@pytest.mark.parametrize(
    ("fields", "place", "reason"),
    [
        ({"name": " "}, "name", "Give the bot a name."),
        ({"name": "x" * 81}, "name", "At most 80 characters."),
        ({"name": "TAKEN"}, "name", "There is a bot of this name."),
        ({"opening": {"en": "x" * 1001}}, "opening", "English: At most 1000 characters."),
        ({"closing": {"it": "x" * 1001}}, "closing", "Italiano: At most 1000 characters."),
        ({"patience_minutes": 0}, "patience_minutes", "Write a time from one minute to a day."),
        ({"patience_minutes": 1441}, "patience_minutes", "Write a time from one minute to a day."),
        ({"questions": []}, "questions", "Add at least one question."),
        ({"questions": [ask("Q")] * (MOST_QUESTIONS + 1)}, "questions", "At most 12 questions."),
        ({"questions": [ask("")]}, "questions.0", "Write the question."),
        ({"questions": [ask("x" * 1001)]}, "questions.0", "English: At most 1000 characters."),
        ({"questions": [ask("Q"), ask("Q", "dance")]}, "questions.1", "Choose what is asked for."),
        (
            {"questions": [ask("Q", "attribute", attribute="x")]},
            "questions.0",
            "Choose what is to be filled in.",
        ),
        ({"questions": [ask("Q", "choice", options=TWO[:1])]}, "questions.0", "Give at least two choices."),
        (
            {"questions": [ask("Q", "choice", options=[option(str(n)) for n in range(MOST_OPTIONS + 1)])]},
            "questions.0",
            "At most 12 choices.",
        ),
        (
            {"questions": [ask("Q", "choice", options=[*TWO, option("ONE")])]},
            "questions.0",
            "English: Two choices read alike.",
        ),
        (
            {"questions": [ask("Q", "choice", options=[*TWO, {"texts": {"en": "Three", "it": "one!"}}])]},
            "questions.0",
            "Italiano: Two choices read alike.",
        ),
        (
            {"questions": [ask("Q", "choice", options=[*TWO, option("skip!")])]},
            "questions.0",
            "English: The bot itself offers “Skip”.",
        ),
        (
            {"questions": [ask("Q", "choice", options=[*TWO, option("")])]},
            "questions.0.options.2",
            "Write the choice.",
        ),
        (
            {"questions": [ask("Q", "choice", options=[*TWO, option("x" * 81)])]},
            "questions.0.options.2",
            "English: At most 80 characters.",
        ),
        (
            {"questions": [ask("Q", "choice", options=[*TWO, option("Three", department="77")])]},
            "questions.0.options.2",
            "Choose one of the list.",
        ),
    ],
)
def test_it_is_refused_and_nothing_is_saved(fields, place, reason):
    make_bot(name="Taken")
    questions = fields.pop("questions", [ask("Which order?")])
    bot = Bot(**{"name": "Clerk"} | fields)
    with pytest.raises(InvalidRule) as refused:
        bot.questions = questions
        save_bot(bot)
    assert refused.value.faults == {place: reason}
    assert Bot.objects.get().name == "Taken"


def test_only_what_its_kind_has_use_for_is_kept():
    bot = make_bot(ask(" Q ", "words", attribute="plan", options=TWO, nonsense=1))
    assert bot.questions == [{"texts": {"en": "Q"}, "kind": "words", "is_optional": False}]
