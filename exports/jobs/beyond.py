"""What a file holds that is not on show in the conversation: who gives it away should know."""

from __future__ import annotations

from collections.abc import Sequence

from chat.phrases import Phrase
from exports.models import ALL, ExportJob

JSON = "json"
IN_JSON = Phrase(
    "JSON holds more than is on show: hidden messages and instructions to the model, other versions, the "
    "earlier texts of edited messages, and what models thought. Whoever has the file has all of that."
)
IN_ACCOUNT = Phrase(
    "This is everything that is yours: also your settings, templates, projects, drafts, files and usage."
)


def beyond_in(job: ExportJob) -> Sequence[Phrase]:
    """What is to be said of the job's file; nothing of one that holds what people see."""
    in_account = [IN_ACCOUNT] if job.scope == ExportJob.Scope.ACCOUNT else []
    return in_account + ([IN_JSON] if job.format in (JSON, ALL) else [])
