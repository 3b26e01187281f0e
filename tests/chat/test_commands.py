"""The commands that set a server up."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from chat.errors import NoProvider
from chat.generation.choice import model_choices, provider_for
from chat.models import ApiToken, ConfiguredProvider, Session, User
from tests.chat.api.client import Api
from tests.chat.importing.exports import gpt, gpt_message, gpt_talk
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_create_user_makes_an_ordinary_user() -> None:
    run("create_user", "erin", "--email", "erin@example.org", "--password", PASSWORD)
    user = User.objects.get(username="erin")
    assert (user.email, user.is_staff) == ("erin@example.org", False)
    assert user.check_password(PASSWORD)


def test_create_user_says_what_is_wrong(alice: User) -> None:
    with pytest.raises(CommandError, match="already exists"):
        run("create_user", "alice")
    with pytest.raises(CommandError, match="too short"):
        run("create_user", "erin", "--password", "short")


def test_create_token_prints_the_token_alone(alice: User) -> None:
    token = run("create_token", "alice")
    assert token.endswith("\n")
    assert len(token.split()) == 1
    assert Api(token=token.strip()).get("/chat/sessions").status == 200


def test_create_token_says_what_the_token_may_do_and_for_how_long(alice: User) -> None:
    token = run("create_token", "alice", "--name", "Nightly", "--scope", "read", "--days", "30")
    kept = ApiToken.objects.get(digest=ApiToken.digest_of(token.strip()))
    assert (kept.name, kept.scope) == ("Nightly", "read")
    assert kept.expires_at
    assert timedelta(days=29) < kept.expires_at - timezone.now() <= timedelta(days=30)
    run("create_token", "alice")
    assert ApiToken.objects.latest("created_at").expires_at is None
    for wrong in (["--days", "0"], ["--days", "9999999"], ["--scope", "all"], ["--name", "x" * 81]):
        with pytest.raises(CommandError):
            run("create_token", "alice", *wrong)
    assert ApiToken.objects.count() == 2


def test_create_token_needs_a_user() -> None:
    with pytest.raises(CommandError, match="no user called nobody"):
        run("create_token", "nobody")
    assert not ApiToken.objects.exists()


def test_createsuperuser_makes_an_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"USERNAME": "root", "PASSWORD": PASSWORD, "EMAIL": "root@example.org"}.items():
        monkeypatch.setenv(f"DJANGO_SUPERUSER_{name}", value)
    run("createsuperuser", "--noinput")
    assert User.objects.get(username="root").is_superuser


def test_add_provider_is_at_work_at_once() -> None:
    url = "http://127.0.0.1:9/v1"
    models = ("--model", "m1", "--model", "m2")
    run("add_provider", "box", "--kind", "openai", "--base-url", f"{url}/", "--api-key", "k", *models)
    config, model = provider_for("box", "")
    assert (config.base_url, config.api_key, config.models, model) == (url, "k", ("m1", "m2"), "m1")
    assert "api_key" not in repr(config)
    assert provider_for("box", "unlisted")[1] == "unlisted"


def test_add_provider_again_changes_it_and_keeps_the_key() -> None:
    run("add_provider", "box", "--kind", "openai", "--api-key", "k")
    run("add_provider", "box", "--kind", "openai", "--model", "new")
    row = ConfiguredProvider.objects.get()
    assert (row.api_key, row.model_names) == ("k", ["new"])


def test_the_default_moves() -> None:
    run("add_provider", "one", "--kind", "openai", "--default")
    run("add_provider", "two", "--kind", "openai", "--fallback", "one")
    assert provider_for("", "")[0].name == "one"
    run("add_provider", "two", "--kind", "openai", "--default")
    assert provider_for("", "")[0].name == "two"
    assert ConfiguredProvider.objects.filter(is_default=True).count() == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("box", "--kind", "carrier-pigeon"), "invalid choice"),
        (("box", "--kind", "openai", "--base-url", "ftp://host"), "http"),
        (("box", "--kind", "openai", "--base-url", "http://"), "host"),
        (("box", "--kind", "openai", "--base-url", "http://host:port"), "host"),
        (("box", "--kind", "openai", "--fallback", "nobody"), "nobody"),
        (("two words", "--kind", "openai"), "name"),
    ],
)
def test_add_provider_says_what_is_wrong(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run("add_provider", *arguments)
    assert not ConfiguredProvider.objects.exists()


def test_a_provider_does_not_fall_back_to_itself() -> None:
    run("add_provider", "box", "--kind", "openai")
    with pytest.raises(CommandError, match="itself"):
        run("add_provider", "box", "--kind", "openai", "--fallback", "box")


def test_what_is_set_up_goes_before_the_environment_and_that_before_the_local_model(
    settings: Settings,
) -> None:
    settings.PARLEY_SCRIPTED_PROVIDER = False
    with pytest.raises(NoProvider):
        provider_for("", "")
    settings.PARLEY_LOCAL_MODEL = ""
    assert provider_for("", "")[0].kind == "local"
    settings.OPENAI_API_KEY = "from-environment"
    assert provider_for("", "")[0].api_key == "from-environment"
    run("add_provider", "box", "--kind", "openai", "--base-url", "http://127.0.0.1:9/v1")
    config, _ = provider_for("", "")
    assert config.name == "box"
    assert [choice.provider for choice in model_choices()][0] == "box"
    assert {choice.provider for choice in model_choices()} == {"box", "openai", "local"}


def test_a_provider_that_is_gone_is_named() -> None:
    with pytest.raises(NoProvider, match="gone"):
        provider_for("gone", "")


def test_a_local_model_can_be_another_file(settings: Settings) -> None:
    settings.PARLEY_LOCAL_MODEL = "/models/better.gguf"
    config, model = provider_for("local", "")
    assert (config.base_url, model) == ("/models/better.gguf", "better")


def test_import_chats_brings_in_what_it_can_and_says_what_it_did(alice: User, tmp_path: Path) -> None:
    circle = gpt({"a": ("a", gpt_message("user", "Round"))}, title="Round", conversation_id="circle")
    file = tmp_path / "conversations.json"
    file.write_text(json.dumps([gpt_talk("Hi", title="Sea"), circle]))
    said = run("import_chats", str(file), "--user", "alice")
    assert said == "ChatGPT: 1 imported, 0 updated, 0 skipped, 1 failed.\n"
    assert Session.objects.get(owner=alice).name == "Sea"
    with pytest.raises(CommandError, match="Nothing came in"):
        run("import_chats", str(file), "--user", "alice")
    assert Session.objects.count() == 1


def test_import_chats_says_what_is_wrong(alice: User, tmp_path: Path) -> None:
    file = tmp_path / "diary.txt"
    with pytest.raises(CommandError, match="no user called nobody"):
        run("import_chats", str(file), "--user", "nobody")
    with pytest.raises(CommandError, match="No such file"):
        run("import_chats", str(file), "--user", "alice")
    file.write_text("Dear diary")
    with pytest.raises(CommandError, match="no JSON at all"):
        run("import_chats", str(file), "--user", "alice")
