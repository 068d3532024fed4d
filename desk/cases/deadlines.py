"""Deadlines of a ticket by its service level; the clock's own rules are in desk.rules.sla."""

from datetime import datetime
from typing import Any

from desk.records.models import Device
from desk.rules import sla


def level_of(device: Device | None, product_level: str | None = None) -> str | None:
    """The service level: of the contract, else of the product; None means HOME."""
    if device is not None and device.contract is not None and device.contract.service_level:
        return device.contract.service_level
    if device is not None and device.product is not None:
        return device.product.service_level or product_level
    return product_level


def compute(
    level: str | None,
    severity: str,
    opened_at: datetime,
    visit_at: datetime | None = None,
    service_mode: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Milestones as stored with the ticket: ISO instants by name, and what follows a breach."""
    return sla.deadlines(
        level or "HOME", severity, opened_at, visit_at=visit_at, service_mode=service_mode, **more
    ).to_dict()
