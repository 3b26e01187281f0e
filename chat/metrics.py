"""What is counted, for `/metrics`. The lowest layer: it knows no tables, and everything may count."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

TOKENS = Counter("parley_tokens", "Tokens of replies; where usage is unknown, pieces of them.")
REPLIES = Counter("parley_replies", "Replies that ended, by how.", ["status"])
TICK_SECONDS = Histogram(
    "parley_journal_tick_seconds",
    "Time to save the text that came since the tick before.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1),
)
FIRST_TOKEN_SECONDS = Histogram(
    "parley_first_token_seconds",
    "Time from the claim of a reply to its first token.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
SOCKETS = Gauge("parley_sockets", "WebSockets that are open in this process.")
REQUESTS = Counter("parley_http_requests", "Requests that were answered.", ["method", "status"])
# Of all processes together: what the database says when the metrics are read.
GENERATIONS = Gauge("parley_generations", "Replies to be made, in all processes.", ["state"])
PROVIDER_HEALTH = Gauge(
    "parley_provider_health",
    "1: the provider answers; 0: it keeps failing, and is left alone; 0.5: it is to be tried again.",
    ["provider"],
)
