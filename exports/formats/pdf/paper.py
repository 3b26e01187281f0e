"""What paper a person prints on: English is read everywhere, Letter used in few places, so the zone tells."""

from __future__ import annotations

from django.utils import timezone

_LETTER = (
    *("America/", "US/", "Canada/", "Mexico/", "Chile/", "Asia/Manila"),
    *("Pacific/Guam", "Pacific/Honolulu", "Pacific/Johnston", "Pacific/Midway", "Pacific/Pago_Pago"),
    *("Pacific/Saipan", "Pacific/Samoa"),
)
# Argentina, Brazil, Bolivia, Ecuador, Greenland, the Guianas, Paraguay, Peru, Uruguay, French and
# Dutch islands: how their zones begin.
_A4 = tuple(
    f"America/{name}"
    for name in (
        *("Argentina", "Buenos_Aires", "Catamarca", "Cordoba", "Jujuy", "Mendoza", "Rosario"),
        *("Araguaina", "Bahia", "Belem", "Boa_Vista", "Campo_Grande", "Cuiaba", "Eirunepe", "Fortaleza"),
        *("Maceio", "Manaus", "Noronha", "Porto_Acre", "Porto_Velho", "Recife", "Rio_Branco", "Santarem"),
        *("Sao_Paulo", "La_Paz", "Guayaquil", "Danmarkshavn", "Godthab", "Nuuk", "Scoresbysund", "Thule"),
        *("Cayenne", "Guyana", "Paramaribo", "Asuncion", "Lima", "Montevideo"),
        *("Guadeloupe", "Marigot", "Martinique", "Miquelon", "St_Barthelemy"),
        *("Aruba", "Curacao", "Kralendijk", "Lower_Princes"),
    )
)
# It begins as Bahia in Brazil does, and is in Mexico.
_LETTER_AFTER_ALL = ("America/Bahia_Banderas",)


def paper() -> str:
    """A4, or Letter in the time zone that is active."""
    zone = timezone.get_current_timezone_name()
    is_letter = zone.startswith(_LETTER) and not zone.startswith(_A4) or zone.startswith(_LETTER_AFTER_ALL)
    return "Letter" if is_letter else "A4"
