"""A provider's key is nowhere to be read but by who asks that provider.

Proves B15.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from chat.errors import BadValue, NoProvider
from chat.generation.choice import configs_for, provider_for
from chat.models import ConfiguredProvider, User
from chat.services.providers import remove_provider, save_own_key, save_provider
from tests.chat.migrating import migrate, newest

KEY = "sk-live-0123456789abcdef"


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key FROM chat_configuredprovider ORDER BY created_at")
        return [value for (value,) in cursor.fetchall()]


def in_the_files() -> bool:
    """Whether the key's bytes are in the database's files; elsewhere than on SQLite, in its rows."""
    if connection.vendor != "sqlite":
        return any(KEY in value for value in stored())
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    name = str(connection.settings_dict["NAME"])
    files = [path for path in (Path(name), Path(f"{name}-wal")) if path.exists()]
    assert files
    return any(KEY.encode() in path.read_bytes() for path in files)


def test_the_database_does_not_hold_a_key_that_can_be_read(transactional_db: None) -> None:
    save_provider(name="box", kind="openai", api_key=KEY)
    assert provider_for("box", "m")[0].api_key == KEY
    assert not in_the_files()
    ConfiguredProvider.objects.filter(name="box").update(base_url=f"http://h.example/{KEY}")
    assert in_the_files()  # it would have been found


def test_the_same_key_is_never_encrypted_alike(transactional_db: None) -> None:
    save_provider(name="one", kind="openai", api_key=KEY)
    save_provider(name="two", kind="openai", api_key=KEY)
    one, two = stored()
    assert one != two


def test_an_older_secret_key_still_reads_and_the_newest_writes(
    transactional_db: None, settings: Settings
) -> None:
    save_provider(name="box", kind="openai", api_key=KEY)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "newer" * 10, [django_settings.SECRET_KEY]
    assert provider_for("box", "m")[0].api_key == KEY
    ConfiguredProvider.objects.get().save()
    settings.SECRET_KEY_FALLBACKS = []
    assert provider_for("box", "m")[0].api_key == KEY


def test_a_key_that_was_kept_with_another_secret_is_asked_for_and_not_thrown_away(
    transactional_db: None, settings: Settings
) -> None:
    save_provider(name="box", kind="openai", api_key=KEY)
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    with pytest.raises(NoProvider, match="Enter the key again"):
        provider_for("box", "m")
    row = ConfiguredProvider.objects.get()
    assert (row.api_key, row.has_lost_key) == ("", True)
    row.save()  # whoever changes something else does not overwrite it
    save_provider(name="box", kind="openai", models=["m"])
    settings.SECRET_KEY = earlier
    assert provider_for("box", "m")[0].api_key == KEY


def test_nothing_that_is_written_down_shows_it(alice: User, capsys: pytest.CaptureFixture[str]) -> None:
    row = save_provider(name="box", kind="openai", api_key=KEY, owner=alice)
    call_command("add_provider", "other", kind="openai", api_key=KEY)
    shown = capsys.readouterr()
    texts = [repr(row), str(row), *map(repr, configs_for(alice)), *shown]
    assert KEY not in "".join(texts)


def test_keys_that_are_there_are_encrypted_and_on_the_way_back_readable(transactional_db: None) -> None:
    save_provider(name="box", kind="openai", api_key=KEY)
    save_provider(name="bare", kind="openai")
    head = newest()
    try:
        migrate("0026_cost_fill_usage")
        assert stored() == [KEY, ""]
    finally:
        migrate(head)
    assert not in_the_files()
    assert provider_for("box", "m")[0].api_key == KEY


def test_on_the_way_back_peoples_own_go_since_their_names_may_be_the_sites(alice: User) -> None:
    save_provider(name="box", kind="openai", api_key=KEY)
    save_provider(name="box", kind="openai", api_key="mine", owner=alice)
    head = newest()
    try:
        migrate("0026_cost_fill_usage")
        assert stored() == [KEY]
    finally:
        migrate(head)


def test_a_key_of_ones_own_goes_with_the_sites_provider_until_that_moves(alice: User) -> None:
    save_provider(name="box", kind="openai", base_url="http://one.example/v1", api_key=KEY, models=["m"])
    [site] = [config for config in configs_for(None) if config.name == "box"]
    own = save_own_key(owner=alice, site=site, api_key="mine")
    asked, model = provider_for("box", "", alice)
    assert (asked.api_key, asked.base_url, model) == ("mine", "http://one.example/v1", "m")
    save_provider(name="box", kind="openai", base_url="http://two.example/v1", api_key=KEY)
    assert provider_for("box", "", alice)[0].api_key == KEY
    assert provider_for("box", "", None)[0].api_key == KEY
    remove_provider(provider=own)
    assert [row.owner for row in ConfiguredProvider.objects.all()] == [None]


def test_what_an_address_holds_is_neither_readable_nor_shown(
    transactional_db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    row = save_provider(name="box", kind="openai", base_url=f"https://me:{KEY}@h.example/v1?key={KEY}")
    config = provider_for("box", "m")[0]
    assert config.address == f"https://me:{KEY}@h.example/v1?key={KEY}"
    assert (row.base_url, config.base_url) == ("https://***@h.example/v1?key=***",) * 2
    assert not in_the_files()
    assert KEY not in "".join([repr(row), str(row), repr(config), *capsys.readouterr()])


def test_an_address_that_comes_back_as_it_was_shown_stays(transactional_db: None) -> None:
    row = save_provider(name="box", kind="openai", base_url=f"https://me:{KEY}@h.example/v1", api_key="k")
    again = save_provider(name="box", kind="openai", base_url=row.base_url)
    assert (again.address, again.api_key) == (row.address, "k")
    with pytest.raises(BadValue, match="whole address"):
        save_provider(name="box", kind="openai", base_url=row.base_url.replace("h.example", "evil.example"))


def test_whose_address_is_lost_is_asked_no_more(
    transactional_db: None, alice: User, settings: Settings
) -> None:
    save_provider(name="box", kind="openai", base_url=f"https://me:{KEY}@h.example/v1", models=["m"])
    [site] = [config for config in configs_for(None) if config.name == "box"]
    save_own_key(owner=alice, site=site, api_key="mine")
    assert provider_for("box", "m", alice)[0].address.startswith("https://me:")
    settings.SECRET_KEY, settings.OPENAI_API_KEY = "another" * 10, "the environment's"
    for user in (None, alice):
        with pytest.raises(NoProvider, match="Enter the key again"):
            provider_for("box", "m", user)


def test_addresses_that_are_there_are_encrypted_and_on_the_way_back_readable(
    transactional_db: None, alice: User
) -> None:
    address = f"https://me:{KEY}@h.example/v1"
    head = newest()
    try:
        old = migrate("0033_tool_calls").get_model("chat", "ConfiguredProvider").objects
        old.create(name="box", kind="openai", base_url=address, model_names=["m"])
        old.create(
            name="box", kind="openai", base_url=address, owner_id=alice.pk, is_key_only=True, api_key="k"
        )
        old.create(name="disk", kind="local", base_url="/srv/a?b#c")
        migrate(head)
        assert not in_the_files()
        assert provider_for("box", "m", alice)[0].address == address
        back = migrate("0033_tool_calls").get_model("chat", "ConfiguredProvider").objects
        assert [row.base_url for row in back.order_by("name", "is_key_only")] == [address] * 2 + [
            "/srv/a?b#c"
        ]
    finally:
        migrate(head)
