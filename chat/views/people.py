"""People as one names them in a form."""

from __future__ import annotations

from django.utils.translation import gettext as _

from chat.errors import BadValue
from chat.models import User


def person_called(username: str, *, suspended: bool = False) -> User:
    """The person of that name; a suspended one only if `suspended`.

    Raises:
        BadValue: there is none.
    """
    found = User.objects.filter(username=username).first()
    if found is None or not (found.is_active or suspended):
        raise BadValue(_("Nobody here is called that."), field="username")
    return found
