"""What a person chooses in the dialog of an export, read as options."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.errors import BadValue
from chat.forms import CheckedForm, UUIDListField
from chat.models import Message, Session
from exports.formats import FORMATS
from exports.models import ALL
from exports.options import BAD_LANGUAGE, LANGUAGE, LEVELS, Options

SWITCHES = ("metadata", "timestamps", "annotations", "system", "tools", "reasoning", "alternatives")
# Of these a box that is not ticked says nothing: they are as the format has them.
MORE = ("reasoning", "alternatives")
PARTS = ("all", "last", "from", "to", "only")
HOURS = {"1": _("for an hour"), "24": _("for a day"), "168": _("for a week")}
BAD_FORMAT = _("Choose a format.")
BAD_HOURS = _("A link lasts an hour, a day or a week. Choose one of them.")


class OptionsForm(CheckedForm):
    """What of each message is told; a box that is not ticked is not sent."""

    format = forms.CharField(error_messages={"required": BAD_FORMAT})
    metadata = forms.BooleanField(required=False)
    timestamps = forms.BooleanField(required=False)
    annotations = forms.BooleanField(required=False)
    system = forms.BooleanField(required=False)
    tools = forms.BooleanField(required=False)
    reasoning = forms.BooleanField(required=False)
    alternatives = forms.BooleanField(required=False)
    heading_level = forms.IntegerField(required=False, min_value=LEVELS[0], max_value=LEVELS[-1])
    code_language = forms.RegexField(
        LANGUAGE, required=False, max_length=40, error_messages={"invalid": _(BAD_LANGUAGE.msgid)}
    )

    def clean_format(self) -> str:
        name: str = self.cleaned_data["format"]
        if name not in FORMATS and name != ALL:
            raise forms.ValidationError(BAD_FORMAT)
        return name

    def chosen(self) -> dict[str, Any]:
        """The options that stand in every such form."""
        values = self.check()
        level = values["heading_level"] or Options().heading_level
        switches = {name: values[name] or (None if name in MORE else False) for name in SWITCHES}
        return {**switches, "heading_level": level, "code_language": values["code_language"]}


class ExportForm(OptionsForm):
    """Of one conversation, also which part of it."""

    part = forms.ChoiceField(choices=[(name, name) for name in PARTS], required=False)
    last = forms.IntegerField(required=False, min_value=1, max_value=1_000_000_000)
    at = forms.UUIDField(required=False)

    def options_for(self, session: Session) -> Options:
        """What was chosen, as options.

        Raises:
            BadValue: something of it will not do.
        """
        return Options(**self.chosen(), **self._part(session))

    def _part(self, session: Session) -> dict[str, Any]:
        values = self.check()
        part, at = values["part"], values["at"]
        if part == "last":
            return {"from_message_id": _nth_last(session, values["last"] or 1)}
        if part not in ("from", "to", "only"):
            return {}
        if at is None:
            raise BadValue(_("Choose a message."), field="at")
        start = {"from_message_id": at} if part in ("from", "only") else {}
        return {**start, **({"to_message_id": at} if part in ("to", "only") else {})}


def _nth_last(session: Session, count: int) -> object:
    """The message with which the last `count` begin; the first where there are fewer."""
    shown = Message.objects.live().on_path(session).for_people().order_by("-depth")
    return next(iter(shown.values_list("pk", flat=True)[count - 1 : count]), None)


class ManyExportForm(OptionsForm):
    """Of conversations that were chosen in the list."""

    session_ids = UUIDListField(error_messages={"invalid": _("Choose the conversations again.")})


class LinkForm(CheckedForm):
    """How long a link lasts."""

    hours = forms.TypedChoiceField(
        choices=[*HOURS.items()],
        coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), BAD_HOURS),
    )
