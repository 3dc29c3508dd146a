from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0006_bad_ratings"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("assigned", "A ticket is yours now"),
                    ("mentioned", "You were mentioned"),
                    ("customer_wrote", "A customer wrote in a ticket of yours"),
                    ("noted", "A colleague left a note in a ticket of yours"),
                    ("woken", "A ticket of yours is back from being snoozed"),
                    ("new_ticket", "A new ticket that nobody has"),
                    ("delivery_failed", "An answer did not arrive"),
                    ("inbox_failing", "An inbox can't be reached"),
                    ("inbox_recovered", "An inbox works again"),
                    ("mail_missing", "The mail server has more than we stored"),
                    ("unreadable", "A mail could not be read"),
                    ("loop_stopped", "A mail loop was stopped"),
                    ("handed_over", "A ticket was handed over to you"),
                    ("rule", "A trigger tells you of a ticket"),
                    ("bad_rating", "A customer was not content"),
                    ("automation", "A trigger or webhook needs a look"),
                    ("alert", "A figure of the monitor has passed its bound"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("assignee", "the ticket is yours"),
                    ("mentioned", "a colleague named you in a note"),
                    ("department", "a colleague named your department in a note"),
                    ("member", "you are in the department that has it"),
                    ("everybody", "no department has it, and you asked for new tickets"),
                    ("admin", "you are an admin"),
                    ("rating", "you have the ticket, or lead its department"),
                    ("rule", "a trigger names you or your department"),
                    ("alert", "an alert names you, or you lead its department"),
                ],
                db_default="",
                max_length=12,
            ),
        ),
    ]
