"""Refusals: what a person asked for cannot be done, said in words that they understand."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chat.phrases import Phrase
from chat.speaking import translated


class Refused(Exception):
    """A request that is refused. `field` names the input at fault; `code` is for programs."""

    code = "refused"
    status = 422
    title: str | Promise = _("That cannot be done")

    def __init__(self, detail: str | Promise, *, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = str(detail)  # in the language of the one who asked
        self.field = field


class NotAllowed(Refused):
    """It is there for this person, but not for that: their role is too small."""

    code = "not-allowed"
    status = 403
    title = _("You may not do that here")


class BlankText(Refused):
    code = "blank-text"
    status = 400
    title = _("Nothing to send")


class TooLong(Refused):
    code = "too-long"
    title = _("Too long")


class BadValue(Refused):
    code = "bad-value"
    title = _("That value does not fit")


class ReplyRunning(Refused):
    code = "reply-running"
    status = 409
    title = _("A reply is still being written")


class MergeRunning(Refused):
    code = "merge-running"
    status = 409
    title = _("A merge is under way")


class WrittenSince(Refused):
    """What is to be taken back has been built on."""

    code = "written-since"
    status = 409
    title = _("Something was written since")


class IdReused(Refused):
    code = "id-reused"
    title = _("This id belongs to another message")


class AlreadySent(IdReused):
    code = "already-sent"
    title = _("This message was sent already")


class Conflict(Refused):
    """It does not go together with what is there by now."""

    code = "conflict"
    status = 409
    title = _("Something else is in the way")


class TooLarge(Refused):
    code = "too-large"
    status = 413
    title = _("The file is too large")


class UnsupportedFile(Refused):
    code = "unsupported-file"
    status = 415
    title = _("This kind of file is not accepted")


# In which a job of a person may well have ended; nobody knows when it will.
JOB_SECONDS = 5.0


class TooMany(Refused):
    """Too much in too short a time; `retry_after` is in seconds."""

    code = "too-many"
    status = 429
    title = _("Too many messages")

    def __init__(self, detail: str, *, retry_after: float) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TooManySearches(TooMany):
    """Too long a time spent on searches."""

    code = "too-many-searches"
    title = _("Too many searches")


class TooManyTries(TooMany):
    """Others are asked on the person's behalf, and not without end."""

    code = "too-many-tries"
    title = _("Tried too often")


class TooSlow(Refused):
    code = "too-slow"
    title = _("That takes too long")


class NoProvider(Refused):
    """`words` can also be told later, to somebody else."""

    code = "no-provider"
    title = _("No model is set up")

    def __init__(self, words: Phrase) -> None:
        super().__init__(translated(words))
        self.words = words


class AlreadyReported(Refused):
    code = "already-reported"
    status = 409
    title = _("Already reported")


class TooManyJobs(TooMany):
    """Others of the same person have not ended yet."""

    code = "too-many-jobs"
    title = _("Too much at once")

    def __init__(self, detail: str) -> None:
        super().__init__(detail, retry_after=JOB_SECONDS)
