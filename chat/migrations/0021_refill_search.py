"""Letters with strokes are found without them, and words with hyphens that nobody sees: what has such is put
into the index anew, with all else. A million messages take some minutes; where there are none, nothing is done.
"""

from importlib import import_module

from django.db import migrations
from django.db.models import Q

from chat.index.tables import empty_index

FOLDED_OTHERWISE = "[łŁøØđĐðÐħĦŧŦıæÆǽǼœŒþÞ\u00ad\u200d-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
TEXTS = (("Session", "name"), ("Message", "content"), ("Annotation", "body"), ("Attachment", "name"))


def refill(apps, schema_editor):
    has_such = (
        apps.get_model("chat", model).objects.filter(Q(**{f"{field}__regex": FOLDED_OTHERWISE})).exists()
        for model, field in TEXTS
    )
    if any(has_such):
        empty_index()
        import_module("chat.migrations.0016_fill_search").fill(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("chat", "0020_audit_log")]

    operations = [migrations.RunPython(refill, migrations.RunPython.noop)]
