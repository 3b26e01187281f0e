"""What replies took before there were sums of days is in them too. Copies and imports were not made here.

In pieces, each a transaction of its own, so that nobody waits; a million replies take a minute. Begun again
after a cut it counts nothing twice: it empties the table first, in which nobody writes meanwhile.
"""

from datetime import UTC
from uuid import UUID

from django.db import migrations, transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce, TruncDate

PIECE = 20_000
KEYS = ("user_id", "day", "project_id", "provider", "model", "purpose")
SUMS = ("requests", "input_tokens", "output_tokens", "cost", "unknown_costs")
OTHERS = ("cached_tokens", "cache_write_tokens", "reasoning_tokens", "estimated_tokens", "estimated_cost")


def fill(apps, schema_editor):
    apps.get_model("chat", "UsageDay").objects.all().delete()
    made = apps.get_model("chat", "Generation").objects.order_by("id")
    providers = apps.get_model("chat", "ConfiguredProvider").objects
    free = {"local", *providers.filter(kind="local").values_list("name", flat=True)}
    last = UUID(int=0)
    while True:
        piece = list(made.filter(pk__gt=last).values_list("pk", flat=True)[:PIECE])
        if not piece:
            return
        rows = sums_of(made.filter(pk__gt=last, pk__lte=piece[-1]), free)
        with transaction.atomic(using=schema_editor.connection.alias):
            add(schema_editor.connection, rows)
        last = piece[-1]


def sums_of(made, free):
    """By day, person, project and model; a model on this machine is free, whatever it took."""
    whole = made.filter(state="ended", message__origin=None).exclude(
        message__content="", message__output_tokens=None
    )
    groups = whole.order_by().values(
        "message__provider",
        "message__model",
        "session__project_id",
        day=TruncDate("message__created_at", tzinfo=UTC),
        who=Coalesce("requested_by_id", "session__owner_id"),
    )
    unknown = Q(message__cost=None) & ~Q(message__provider__in=free)
    return groups.annotate(
        requests=Count("pk"),
        sent=Sum("message__input_tokens"),
        received=Sum("message__output_tokens"),
        spent=Sum("message__cost"),
        unknown=Count("pk", filter=unknown),
    )


def add(connection, rows):
    columns = (*KEYS, *SUMS, *OTHERS)
    added = ", ".join(f"{name} = chat_usageday.{name} + excluded.{name}" for name in SUMS)
    marks = ", ".join(["%s"] * (len(KEYS) + len(SUMS)) + ["0"] * len(OTHERS))
    statement = f"""
        INSERT INTO chat_usageday ({", ".join(columns)}) VALUES ({marks})
        ON CONFLICT ({", ".join(KEYS)}) DO UPDATE SET {added}
    """

    def key(value):
        return value if connection.features.has_native_uuid_field else value.hex

    values = [
        (
            key(row["who"]),
            row["day"],
            key(row["session__project_id"] or UUID(int=0)),
            row["message__provider"],
            row["message__model"],
            "reply",
            row["requests"],
            row["sent"] or 0,
            row["received"] or 0,
            row["spent"] or 0,
            row["unknown"],
        )
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("chat", "0025_cost_usage")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
