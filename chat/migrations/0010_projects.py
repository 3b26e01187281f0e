import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chat.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0009_attachment_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=chat.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("slug", models.CharField(max_length=80)),
                ("description", models.CharField(blank=True, max_length=1000)),
                ("instructions", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)), fields=("slug",), name="one_project_a_slug"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("slug", ""), _negated=True), models.Q(("name", ""), _negated=True)
                        ),
                        name="project_is_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectMember",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "project_id", "user_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="chat.project",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("viewer", "Viewer"),
                            ("commenter", "Commenter"),
                            ("editor", "Editor"),
                            ("owner", "Owner"),
                        ],
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["viewer", "commenter", "editor", "owner"])),
                        name="member_role",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="session",
            name="project",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="sessions",
                to="chat.project",
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="scope_type",
            field=models.CharField(blank=True, max_length=80, null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="scope_id",
            field=models.CharField(blank=True, max_length=200, null=True),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                condition=models.Q(("deleted_at", None), ("project__isnull", False)),
                fields=["project", "-updated_at", "-id"],
                name="session_of_project",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at", None), ("scope_id__isnull", False)),
                fields=("project", "scope_type", "scope_id"),
                name="one_thread_a_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("scope_id", None), ("scope_type", None)),
                    models.Q(
                        ("project__isnull", False), ("scope_id__isnull", False), ("scope_type__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="scope_is_whole_and_in_a_project",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_temporary", False), ("project", None), _connector="OR"),
                name="temporary_session_is_in_no_project",
            ),
        ),
    ]
