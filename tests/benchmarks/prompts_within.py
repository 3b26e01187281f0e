"""Times the making of a prompt; to be run within a Parley, as `filling` is."""

from __future__ import annotations

import argparse
import json
import time

from chat.generation.assign import assignment_of
from chat.generation.choice import Candidate
from chat.generation.context import messages_with_files, prompt_for
from chat.models import Generation, Message, Session
from chat.providers.contract import ProviderConfig
from chat.providers.facts import Facts

RUNS = 7


def main() -> None:
    """Print the messages that went, the best of the wall times and of the processor's, in milliseconds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("session")
    parser.add_argument("window", type=int)
    asked = parser.parse_args()
    session = Session.objects.get(pk=asked.session)
    candidate = Candidate(ProviderConfig("fake", "openai"), "large", Facts())
    last = Message.objects.on_path(session).exclude(status="pending").order_by("-depth")[0]
    place = {"session": session, "depth": last.depth + 1}
    reply, _ = Message.objects.get_or_create(
        **place, defaults={"parent": last, "role": "assistant", "status": "pending"}
    )
    Generation.objects.get_or_create(message=reply, session=session)
    walls, used, count = [], [], 0
    for _ in range(RUNS):
        wall, cpu = time.perf_counter(), time.process_time()
        row = Generation.objects.select_related("message", "session__project").get(message=reply)
        assignment = assignment_of(row, alternatives=())
        messages_with_files(assignment.session, assignment.message)
        given = prompt_for(assignment.session, assignment.message, candidate, asked.window)
        walls.append((time.perf_counter() - wall) * 1e3)
        used.append((time.process_time() - cpu) * 1e3)
        count = len(given.prompt.turns)
    print(json.dumps([count, min(walls), min(used)]))
