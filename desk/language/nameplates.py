"""The serial number in what a bar code on a nameplate says."""

import re

_SERIAL = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{2,59}")
_IN_ADDRESS = re.compile(r"[?&](?:sn|serial)=([^&#]+)", re.IGNORECASE)
_KIND = re.compile(r"[A-Z0-9_]+")
_LED = re.compile(r"^(?:S/?N|序列号|机身号|出厂编号)\s*[:：]?\s*", re.IGNORECASE)


def is_serial(text: str) -> bool:
    """Whether `text` has the form of a serial number: 3 to 60 letters, digits and . _ / -"""
    return bool(_SERIAL.fullmatch(text))


def serial(result: str) -> str | None:
    """The serial number in what a scan read: a bar code (CODE_128,…), an address with sn=…, or the number itself.

    A number may be led by S/N or 序列号.
    """
    kind, comma, rest = result.strip().partition(",")
    found = rest if comma and _KIND.fullmatch(kind) else result.strip()
    in_address = _IN_ADDRESS.search(found)
    found = in_address[1] if in_address else _LED.sub("", found)
    return found if is_serial(found) else None
