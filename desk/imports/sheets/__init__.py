"""The sheets, in the order in which they build on each other."""

from desk.imports.sheet import Sheet
from desk.imports.sheets.catalog import Articles, Branches, Engineers, Prices
from desk.imports.sheets.contracts import Contracts
from desk.imports.sheets.customers import Customers
from desk.imports.sheets.devices import Devices
from desk.imports.sheets.planning import Leaves, MaintenancePlans
from desk.imports.sheets.products import Products
from desk.imports.sheets.repairs import Repairs
from desk.imports.sheets.tickets import Tickets

SHEETS: tuple[Sheet, ...] = (
    Branches(),
    Engineers(),
    Prices(),
    Articles(),
    Customers(),
    Products(),
    Contracts(),
    Devices(),
    Repairs(),
    Tickets(),
    MaintenancePlans(),
    Leaves(),
)


def named(name: str) -> Sheet | None:
    """The sheet with this name or Chinese title."""
    low = name.strip().lower()
    return next((sheet for sheet in SHEETS if low in (sheet.name, sheet.title)), None)
