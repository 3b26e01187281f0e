"""The cast and the house rules. Alice owns, Bob collaborates, Charlie sees nothing, Dana moderates."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import TransactionTestCase
from django.utils import timezone, translation
from pytest_django import Settings

from chat.generation import attempts
from chat.generation.engine import Engine
from chat.models import User
from chat.providers.scripted import ScriptedProvider
from chat.stream import watch
from tests.factories import make_user
from tests.houses import ShowHouse

# What may be missing on a machine; REQUIRE_ALL=1 says that it may not.
OPTIONAL = ("browser", "model", "postgres", "redis", "torture")
# The files that take half a minute and more, the longest first; then those of the browser.
LONG = (
    "test_kill",
    "test_kill_on_postgresql",
    "test_two_processes",
    "test_routes",
    "test_following",
    "test_the_local_model",
    "test_killed_imports",
    "test_schema_as_served",
    "test_contract",
    "test_migrations",
    "test_safety",
    "test_access",
    "test_scrolling",
    "test_the_first_start",
    "test_keyboard",
    "test_switching",
    "test_tabs",
    "test_talking",
    "test_message_actions",
    "test_annotating",
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """A file's tests stay in one process, since many share a server; so do tours of one screen size."""
    called = getattr(item, "callspec", None)
    size = called.params.get("size", "") if called else ""
    item.add_marker(pytest.mark.xdist_group(f"{item.path.parent.name}/{item.path.stem} {size}".strip()))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that none of them is the last to end; the browser's tests last: Playwright
    keeps an event loop running in their thread."""
    places = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: ("browser" in item.path.parts, places.get(item.path.stem, len(LONG))))


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: looking among it for what may go takes a fifth of the time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    is_optional = any(item.get_closest_marker(name) for name in OPTIONAL)
    if report.skipped and is_optional and os.environ.get("REQUIRE_ALL") == "1":
        report.outcome = "failed"
        report.longrepr = f"Skipped, which REQUIRE_ALL=1 forbids: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_modify_db_settings_parallel_suffix: None,
    show_house: ShowHouse,
) -> None:
    """A file, since the pools' threads have connections of their own, and one that is not synced."""
    from django.db import connection

    if connection.vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        shutil.copy(show_house.sqlite, file)
        connection.settings_dict["TEST"]["NAME"] = str(file)
        options = connection.settings_dict["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    elif template := os.environ.get("TEST_TEMPLATE"):
        connection.settings_dict["TEST"]["TEMPLATE"] = template
    else:
        # A pool's idle connections would keep the test database from being dropped.
        connection.settings_dict["OPTIONS"].pop("pool", None)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The tables are there: made once for all processes, and copied."""
    return django_settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") or "TEST_TEMPLATE" in os.environ


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    from tests.emptying import empty_tables

    TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def show_house(tmp_path_factory: pytest.TempPathFactory) -> ShowHouse:
    """What is made once for all processes that share a run's files: their folders are side by side."""
    base = tmp_path_factory.getbasetemp()
    return ShowHouse(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


@pytest.fixture(autouse=True)
def house(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No network, no local model, no limit, no patience, nothing asked unasked; files where the test's do."""
    settings.PARLEY_DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.PARLEY_SCRIPTED_PROVIDER = True
    settings.PARLEY_LOCAL_MODEL = "off"
    settings.OPENAI_API_KEY = ""
    settings.PARLEY_RATE_LIMIT = "off"
    settings.PARLEY_SUMMARIES = False
    settings.PARLEY_TITLES, settings.PARLEY_FOLLOW_UPS = "off", False
    settings.PARLEY_SUGGESTIONS, settings.PARLEY_EXTRAS_MODEL = True, ""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    monkeypatch.setattr(attempts, "FIRST_PAUSE", 0.01)
    cache.clear()
    ScriptedProvider.reset()
    yield
    cache.clear()
    translation.deactivate()  # a client's requests run in the thread of the test
    timezone.deactivate()


@pytest.fixture
def alice(transactional_db: None) -> User:
    return make_user("alice")


@pytest.fixture
def bob(transactional_db: None) -> User:
    return make_user("bob")


@pytest.fixture
def charlie(transactional_db: None) -> User:
    return make_user("charlie")


@pytest.fixture
def dana(transactional_db: None) -> User:
    return make_user("dana", is_staff=True)


@pytest.fixture
async def live_engine(transactional_db: None) -> AsyncIterator[Engine]:
    """Replies are made, in the loop of the test."""
    engine = Engine(watch.run)
    await engine.start()
    yield engine
    await engine.stop()


@pytest.fixture
def scripts() -> type[ScriptedProvider]:
    """What the provider plays: `scripts.script("name", […])`, and the name is the model."""
    return ScriptedProvider
