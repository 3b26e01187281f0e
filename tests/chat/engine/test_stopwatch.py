"""What a reply took, in seconds that pass as the test says.

Proves C5.
"""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from chat.generation import stopwatch
from chat.generation.stopwatch import Stopwatch


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    seconds = Seconds()
    monkeypatch.setattr(stopwatch, "time", SimpleNamespace(monotonic=lambda: seconds.now))
    return seconds


def speak(watch: Stopwatch, seconds: Seconds, tokens: int) -> None:
    """A token a second, the first at once."""
    for number in range(tokens):
        if number:
            seconds.pass_by(1)
        watch.note_token()


def test_neither_the_wait_for_a_person_nor_the_work_of_tools_is_in_its_speed(seconds: Seconds) -> None:
    watch = Stopwatch()
    seconds.pass_by(2)
    speak(watch, seconds, 5)
    put_by = json.loads(json.dumps(watch.put_by()))
    seconds.pass_by(3600)
    watch = Stopwatch(put_by)
    with watch.tools():
        seconds.pass_by(10)
    speak(watch, seconds, 6)
    assert (watch.taken, watch.first_token) == (21, 2)
    assert watch.speed(None, watch.taken) == round(11 / 9, 1)
    assert watch.speed(90, watch.taken) == 10


def test_of_one_that_nothing_was_noted_of_no_more_is_told_than_is_known(seconds: Seconds) -> None:
    watch = Stopwatch({})
    with watch.tools():
        seconds.pass_by(10)
    speak(watch, seconds, 5)
    assert (watch.taken, watch.first_token, watch.speed(500, watch.taken)) == (14, None, None)


def test_what_came_in_vain_does_not_count(seconds: Seconds) -> None:
    watch = Stopwatch()
    speak(watch, seconds, 3)
    watch.forget_tokens()
    seconds.pass_by(1)
    speak(watch, seconds, 3)
    assert (watch.first_token, watch.speed(None, watch.taken)) == (3, 1.5)
