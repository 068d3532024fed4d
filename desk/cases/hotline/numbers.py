"""Finding a device by the last digits of its serial number, as a caller keys them in."""

import re
from dataclasses import dataclass

from sqlalchemy import select

from desk.cases import devices
from desk.records import db
from desk.records.models import Customer, Device

FEWEST = 4


@dataclass(frozen=True)
class Candidate:
    """The one device that the digits may mean: its serial number, and what to call it (nothing personal)."""

    serial: str
    product: str


@dataclass(frozen=True)
class Found:
    """`candidate` when just one device fits; else how many do."""

    candidate: Candidate | None
    count: int


def by_last_digits(digits: str, caller: str | None) -> Found:
    """Devices whose serial number's digits end in `digits`; of several, the one that the caller's number owns."""
    if len(digits) < FEWEST:
        return Found(None, 0)
    with db.reading() as session:
        # Letters may stand between the digits, so the database only narrows the search to the last two.
        rows = session.execute(
            select(Device, Customer.phone)
            .outerjoin(Customer, Customer.id == Device.customer_id)
            .where(Device.serial_key.like(f"%{digits[-2:]}%"))
        ).all()
        fitting = [(device, phone) for device, phone in rows if _digits(device.serial_number).endswith(digits)]
        if len(fitting) > 1 and caller:
            fitting = [pair for pair in fitting if pair[1] == caller] or fitting
        if len(fitting) != 1:
            return Found(None, len(fitting))
        device = fitting[0][0]
        return Found(Candidate(device.serial_number, devices.type_of(device) or devices.name_of(device)), 1)


def _digits(serial: str) -> str:
    return re.sub(r"\D", "", serial)
