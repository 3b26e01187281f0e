"""Every way in which a model server can fail, in words for the person who asked.

Never an address (it may hold a password), never a key; the server's own words only where they help, redacted.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from chat.addresses import secrets_in
from chat.phrases import Phrase
from chat.providers.contract import ProviderConfig, ProviderError
from chat.providers.outside import InsideAddress

MAX_SAID = 300
LONGEST_WAIT = 86_400.0
# What is shorter in an address is a setting such as “true”, and stands in many words.
SHORTEST_SECRET = 6
SECRET = re.compile(r"\b(?:sk|pk|key|gsk|xai|AIza)[-_A-Za-z0-9*]{8,}|(?<=Bearer )\S+|(?<=://)[^/\s@]+@")
TOO_LONG = re.compile(
    r"context.{0,12}(?:length|size|window)|too (?:long|many tokens)|maximum.{0,20}tokens", re.I
)
# Which of the refusals money would mend, in the words of those who give another status than 402.
UNPAID = re.compile(
    r"insufficient.{0,3}(?:quota|balance|credit|funds)|credit balance|billing_error|usage limits|spend_limit",
    re.I,
)
NOT_THEIRS = {
    "anthropic": Phrase("What answers at its address does not speak as Claude does. Check the base URL."),
    "google": Phrase("What answers at its address does not speak as Gemini does. Check the base URL."),
}


class Failures:
    """The errors of one provider asked for one model."""

    def __init__(self, config: ProviderConfig, model: str = "") -> None:
        self._name = config.name
        self._kind = config.kind
        hidden = {one for one in secrets_in(config.secret_url) if len(one) >= SHORTEST_SECRET}
        self._secrets = {config.api_key} - {""} | hidden
        self.timeout = config.timeout
        self._model = model

    def connection(self, error: Exception) -> ProviderError:
        """Before anything was sent: the address is wrong, or nobody is there."""
        kinds = {type(cause) for cause in causes(error)}
        if InsideAddress in kinds:
            detail = Phrase(
                "Its address is within the server’s own network, where only administrators may look."
            )
            return ProviderError(Phrase("%(name)s may not be asked", name=self._name), detail)
        if any(issubclass(kind, socket.gaierror) for kind in kinds):
            return self._unreachable(Phrase("Its address is not known. Check the host name and the network."))
        if any(issubclass(kind, ssl.SSLError) for kind in kinds):
            detail = Phrase("Its certificate was not accepted, or it does not speak TLS; nothing was sent.")
            return ProviderError(Phrase("No secure connection to %(name)s", name=self._name), detail)
        # Of a name with several addresses asyncio tells the errors as text alone.
        if f"[Errno {errno.ECONNREFUSED}]" in str(error):
            return self._unreachable(Phrase("Nothing answers at its address. Is the server running?"))
        return self._unreachable(Phrase("No connection could be made. It may be down, or the network is."))

    def _unreachable(self, detail: Phrase) -> ProviderError:
        return ProviderError(Phrase("%(name)s cannot be reached", name=self._name), detail, retryable=True)

    def silent(self) -> ProviderError:
        detail = Phrase(
            "Nothing came for %(seconds)s seconds, so the request was given up.", seconds=self.timeout
        )
        return ProviderError(Phrase("%(name)s stopped answering", name=self._name), detail, retryable=True)

    def dropped(self) -> ProviderError:
        """The connection broke before an answer began."""
        detail = Phrase("The connection was closed before it answered.")
        return ProviderError(Phrase("%(name)s did not answer", name=self._name), detail, retryable=True)

    def cut_off(self) -> ProviderError:
        detail = Phrase(
            "%(name)s ended the connection in the middle. What had arrived is kept.", name=self._name
        )
        return ProviderError(Phrase("The reply was cut off"), detail, retryable=True)

    def malformed(self) -> ProviderError:
        detail = Phrase(
            "%(name)s sent something that cannot be read. What had arrived before is kept.", name=self._name
        )
        return ProviderError(Phrase("The reply is damaged"), detail, retryable=True)

    def empty(self, reason: str | None) -> ProviderError:
        why = {
            "length": Phrase(
                "It used up its token limit before the first word. Raise the limit and try again."
            ),
            "content_filter": Phrase("Its filter held the reply back."),
        }
        detail = why.get(reason or "", Phrase("It ended the reply without a word. Trying again may help."))
        title = Phrase("%(name)s sent an empty reply", name=self._name)
        # To ask again by ourselves would cost as much again, and it may well be for what was asked.
        return ProviderError(title, detail, retryable=True, is_outage=False)

    def not_a_stream(self) -> ProviderError:
        detail = Phrase("What answers at its address does not speak the OpenAI protocol. Check the base URL.")
        title = Phrase("%(name)s did not send a reply", name=self._name)
        return ProviderError(title, NOT_THEIRS.get(self._kind, detail))

    def misconfigured(self, detail: Phrase) -> ProviderError:
        return ProviderError(Phrase("%(name)s is not set up correctly", name=self._name), detail)

    def usable(self, key: str) -> str:
        """The key as a header can carry it."""
        key = key.strip()
        if not (key.isascii() and key.isprintable()):
            raise self.misconfigured(Phrase("The API key holds characters that no key has."))
        return key

    def unreadable(self, file: str) -> ProviderError:
        """A file of a kind that there is no way to send there."""
        title = Phrase("%(name)s cannot take this file", name=self._name)
        return ProviderError(title, Phrase("It does not read %(file)s. Nothing was sent.", file=file))

    def event(self, error: object) -> ProviderError:
        """An error that came inside the stream."""
        title = Phrase("%(name)s reported an error", name=self._name)
        return ProviderError(title, self._said(error), retryable=True)

    def status(self, status: int, error: object, retry_after: str | None) -> ProviderError:
        if status in (400, 413, 422) and (status == 413 or TOO_LONG.search(str(error))):
            detail = Phrase(
                "%(model)s cannot read that much at once. Shorten it, or clear what came before.",
                model=self._model,
            )
            return ProviderError(Phrase("The conversation is too long for this model"), detail)
        if 300 <= status < 400:
            return self.misconfigured(Phrase("Its address points somewhere else. Check the base URL."))
        if status in (401, 403):
            return ProviderError(
                Phrase("%(name)s refused the API key", name=self._name),
                Phrase("The key is missing, wrong or not allowed."),
            )
        if status == 402 or (status in (400, 429) and UNPAID.search(str(error))):
            return self._unpaid(Phrase("The account has no credit left."))
        if status == 404:
            detail = Phrase("It has no model “%(model)s”, or its base URL is wrong.", model=self._model)
            return ProviderError(Phrase("%(name)s does not know this model", name=self._name), detail)
        if status == 429:
            return self._too_many(error, wait_of(retry_after))
        if status in (408, 425) or status >= 500:
            title = Phrase("%(name)s is having trouble", name=self._name)
            return ProviderError(title, self._said(error), retryable=True, retry_after=wait_of(retry_after))
        return ProviderError(
            Phrase("%(name)s did not accept the request", name=self._name), self._said(error)
        )

    def _too_many(self, error: object, wait: float | None) -> ProviderError:
        if "quota" in str(error) and wait is None:
            return self._unpaid(Phrase("The account’s quota is used up."))
        title = Phrase("%(name)s is asked too often", name=self._name)
        return ProviderError(title, _limit_reached(wait), retryable=True, retry_after=wait)

    def _unpaid(self, detail: Phrase) -> ProviderError:
        return ProviderError(Phrase("%(name)s wants to be paid", name=self._name), detail)

    def _said(self, error: object) -> Phrase:
        """The server's own words, on one line, shortened, without anything secret."""
        said = error.get("message") if isinstance(error, dict) else error
        text = " ".join(said.split()) if isinstance(said, str) else ""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "…")
        text = SECRET.sub("…", text)
        return Phrase("It said: %(words)s", words=text[:MAX_SAID]) if text else Phrase("It gave no reason.")


def _limit_reached(wait: float | None) -> Phrase:
    if wait is None:
        return Phrase("Its limit is reached. Try again in a moment.")
    if wait == 1:
        return Phrase("Its limit is reached. Try again in 1 second.")
    return Phrase("Its limit is reached. Try again in %(seconds)s seconds.", seconds=wait)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that led to it: httpx wraps httpcore's, which wraps the socket's, or a group."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in error.exceptions:
                yield from causes(part)
        error = error.__cause__ or error.__context__


def wait_of(retry_after: str | None) -> float | None:
    """Seconds, from either form of the header; None where it says nothing that can be used."""
    if not retry_after:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            when = parsedate_to_datetime(retry_after)
            seconds = (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(seconds, 0.0), LONGEST_WAIT) if seconds == seconds else None
