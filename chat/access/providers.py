"""The door to providers: the site's are set up by administrators, one's own by oneself."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404

from chat.models import ConfiguredProvider, User

SITE, OWN = "site", "own"
SETTING_UP = "chat.change_configuredprovider"


def may_set_up_providers(user: User) -> bool:
    """For everybody."""
    return user.is_staff and user.has_perm(SETTING_UP)


def may_have_providers(user: User) -> bool:
    """Of their own."""
    return bool(settings.PARLEY_OWN_PROVIDERS) and user.is_active


def provider_owner(user: User, scope: str) -> User | None:
    """Whose providers this person sets up there; None: the site's.

    Raises:
        Http404: none, for them.
    """
    if scope == OWN and may_have_providers(user):
        return user
    if scope == SITE and may_set_up_providers(user):
        return None
    raise Http404


def find_provider(user: User, scope: str, name: str) -> ConfiguredProvider | None:
    """One that is set up there; None where there is none of that name, or the environment alone has it.

    Raises:
        Http404: as `provider_owner`.
    """
    owner = provider_owner(user, scope)
    return (
        ConfiguredProvider.objects.select_related("owner", "fallback").filter(owner=owner, name=name).first()
    )
