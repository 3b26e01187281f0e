"""What people type into the pages, read and named; what it must hold is the services' to say."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.errors import BadValue
from chat.models import MEMBER_ROLES, TEMPLATE_ROLES, User
from chat.text import clean_text

# As the API takes them.
MAX_TAGS = 50
MAX_TAG_CHARS = 60
# Conversations that are changed by one request.
MAX_AT_ONCE = 500


class TypedField(forms.CharField):
    """Text that a person typed, cleaned before it is judged: nobody sees a control character."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(clean_text(value) if isinstance(value, str) else value)


class UUIDListField(forms.Field):
    """The ids of repeated hidden inputs."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[Any]:
        one = forms.UUIDField(required=False, error_messages=self.error_messages)
        return [found for found in (one.clean(item) for item in value or []) if found]


class TypedListField(forms.Field):
    """The texts of repeated inputs, cleaned, each once."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, item_chars: int, **options: Any) -> None:
        super().__init__(**options)
        self.item_chars = item_chars

    def clean(self, value: Any) -> list[str]:
        texts = dict.fromkeys(clean_text(text)[: self.item_chars] for text in value or [])
        return [text for text in texts if text]


class TagField(forms.Field):
    """The tags of repeated inputs, each of which may hold several."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> list[str]:
        words = [word.strip() for text in value or [] for word in clean_text(text).split(",")]
        names = [name for word in words if (name := " ".join(word.removeprefix("#").split()))]
        if any(len(name) > MAX_TAG_CHARS for name in names):
            raise forms.ValidationError("too long")
        return names


class StopForm(forms.Form):
    """The replies that the page shows running; none where there is no script, or they are out of sight."""

    message_id = UUIDListField(required=False)


class CheckedForm(forms.Form):
    """One whose first error is a refusal, said in the place where it happened."""

    def check(self) -> dict[str, Any]:
        """The values.

        Raises:
            BadValue: one of them will not do.
        """
        for field, errors in self.errors.items():
            raise BadValue(str(errors[0]), field=field)
        return self.cleaned_data


class ComposerForm(CheckedForm):
    """What stands in the composer. Blank and too long are refused further down, in better words."""

    content = TypedField(required=False, strip=False)
    message_id = forms.UUIDField(
        required=False,
        error_messages={"invalid": _("Something is wrong with this page. Load it again and send once more.")},
    )
    attachment_ids = UUIDListField(
        required=False, error_messages={"invalid": _("One of the files is not here. Attach it once more.")}
    )
    model = TypedField(required=False)
    # Those that are asked at once, side by side, in the place of the one.
    models = TypedListField(required=False, item_chars=300)
    # A text that looks like a command is sent all the same.
    literal = forms.BooleanField(required=False)
    temporary = forms.BooleanField(required=False)
    # The slug of the project that a new conversation belongs to.
    project = TypedField(required=False, max_length=80)


class KeysField(forms.Field):
    """Repeated words of ours."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> set[str]:
        return {str(one) for one in value or []}


class SendForm(ComposerForm):
    """One model that is ticked alone is the one that is asked."""

    queue = forms.BooleanField(required=False)
    # What runs is stopped, so that this is answered next.
    now = forms.BooleanField(required=False)
    # Which servers of tools shall be on in the conversation that this begins, where it was asked.
    tools = KeysField(required=False)
    tools_asked = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if len(values.get("models", ())) == 1:
            values["model"] = values["models"].pop()
        return values


class DraftForm(ComposerForm):
    message_id = forms.UUIDField()
    model = TypedField(required=False, max_length=300)
    # Milliseconds: the clocks of two devices differ, but not in how long something takes.
    edited_ago = forms.IntegerField(required=False, min_value=0, max_value=10 * 365 * 24 * 3600 * 1000)


class ProjectForm(CheckedForm):
    name = TypedField(
        max_length=120,
        error_messages={"required": _("A project needs a name."), "max_length": _("That name is too long.")},
    )
    description = TypedField(
        required=False,
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"max_length": _("The description is too long.")},
    )
    instructions = TypedField(
        required=False,
        max_length=100_000,
        widget=forms.Textarea,
        error_messages={"max_length": _("The instructions are too long.")},
    )


class MemberForm(forms.Form):
    username = forms.CharField(max_length=150)
    role = forms.ChoiceField(choices=[(role.value, role.label) for role in MEMBER_ROLES])

    def check(self) -> tuple[str, str]:
        """Who, and with which role.

        Raises:
            BadValue: one of the two is missing or makes no sense.
        """
        if not self.is_valid():
            raise BadValue(gettext("Say who, and what they may do."), field="username")
        return self.cleaned_data["username"], self.cleaned_data["role"]


class TemplateMemberForm(MemberForm):
    role = forms.ChoiceField(choices=[(role.value, role.label) for role in TEMPLATE_ROLES])


class NameForm(forms.Form):
    name = TypedField(max_length=200)


class FindForm(forms.Form):
    """Words to be found in a conversation, above a depth."""

    q = TypedField(
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "input", "type": "search", "autofocus": True}),
    )
    before = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class TagsForm(forms.Form):
    """Tags that are kept, and new ones with commas between them; a leading "#" is no part of them."""

    tags = TagField(required=False)
    new = TagField(required=False)

    def check(self) -> list[str]:
        """The tags.

        Raises:
            BadValue: one is too long, or there are too many.
        """
        if not self.is_valid():
            raise BadValue(gettext("Tags have at most 60 characters."), field="new")
        names = list(dict.fromkeys([*self.cleaned_data["tags"], *self.cleaned_data["new"]]))
        if len(names) > MAX_TAGS:
            raise BadValue(gettext("A conversation has at most 50 tags."), field="new")
        return names


class ManyForm(forms.Form):
    """What to do to which conversations."""

    session_ids = UUIDListField(error_messages={"invalid": "bad"})
    action = forms.CharField(max_length=20)

    def check(self) -> tuple[str, list[UUID]]:
        """The action and the ids.

        Raises:
            BadValue: none is chosen, or too many.
        """
        if not self.is_valid():
            raise BadValue(gettext("Choose what to do, and to which conversations."))
        found: list[UUID] = self.cleaned_data["session_ids"]
        if not 0 < len(found) <= MAX_AT_ONCE:
            raise BadValue(gettext("Choose between 1 and 500 conversations."))
        return self.cleaned_data["action"], found


class SettingsForm(forms.Form):
    """The settings of one conversation; empty means: as the model does by itself."""

    system_prompt = TypedField(
        required=False,
        max_length=20_000,
        widget=forms.Textarea(
            attrs={"class": "input", "rows": 3, "placeholder": _("You are a patient teacher…")}
        ),
    )
    temperature = forms.FloatField(
        required=False,
        min_value=0,
        max_value=2,
        widget=forms.NumberInput(
            attrs={"class": "input", "step": "0.1", "placeholder": _("Model’s default")}
        ),
    )
    max_tokens = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"class": "input", "placeholder": _("Model’s default")}),
    )
    context_window = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=10_000,
        widget=forms.NumberInput(attrs={"class": "input", "placeholder": _("All that fit")}),
    )
    auto_context = forms.BooleanField(required=False)


class SetupForm(forms.Form):
    """The first account; it becomes the administrator."""

    username = forms.CharField(
        max_length=150,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "username", "autofocus": True}),
        validators=[User.username_validator],
    )
    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("username") and values.get("password"):
            try:
                validate_password(values["password"], User(username=values["username"]))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values
