from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    atomic = False  # mail comes in meanwhile

    dependencies = [("tickets", "0004_message_by_newcomer")]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(
                Func(Lower(F("to__0")), Value(r"\+.*@"), Value("@"), function="regexp_replace"),
                "created_at",
                name="message_by_machine_to",
                condition=Q(kind="outgoing", is_automatic=True),
            ),
        ),
    ]
