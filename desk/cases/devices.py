"""Finding the device that a customer means."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from desk.cases import product_types
from desk.language import serials
from desk.records.models import Customer, Device, Product


def by_serial(session: Session, spelled: str) -> Device | None:
    """The device with this serial number in any spelling; O and 0, I and 1 are confused only when one fits."""
    key = serials.key(spelled)
    if len(key) < 3:
        return None
    found = session.scalar(select(Device).where(Device.serial_key == key))
    if found is not None or not any(sign in key for sign in "OQIL01"):
        return found
    loose = serials.loose_key(spelled)
    near = session.scalars(select(Device).where(Device.serial_key.like(_pattern(loose)))).all()
    fitting = [device for device in near if serials.loose_key(device.serial_number) == loose]
    return fitting[0] if len(fitting) == 1 else None


def _pattern(loose: str) -> str:
    return "".join("_" if sign in "01" else sign for sign in loose)


def of_customer(session: Session, customer_id: int) -> list[Device]:
    """What a customer owns, newest first."""
    owned = session.scalars(
        select(Device).options(selectinload(Device.product)).where(Device.customer_id == customer_id)
    ).all()
    return sorted(owned, key=lambda device: (device.purchase_date is None, device.purchase_date), reverse=True)


def customers_by_phone(session: Session, phone: str) -> list[Customer]:
    """Who is registered with this number."""
    return list(session.scalars(select(Customer).where(Customer.phone == phone)))


def fitting(devices: list[Device], product_type: str | None, model: str | None = None) -> list[Device]:
    """Those of `devices` that the words may mean; all of them when nothing was said."""
    if model:
        key = serials.key(model)
        exact = [device for device in devices if key and key in serials.key(device.model or "")]
        if exact:
            return exact
    if not product_type:
        return devices
    return [device for device in devices if product_types.same(product_type, type_of(device))]


def type_of(device: Device) -> str:
    """The device's kind in words."""
    product = device.product
    return (product.product_type or product.name) if product else ""


def name_of(device: Device) -> str:
    """What to call the device: brand, kind, model."""
    product = device.product
    if product is None:
        return device.model or device.serial_number
    brand = product.brand if product.brand and product.brand not in (product.name or "") else ""
    return f"{brand}{product.name or product.product_type} {product.model}".strip()


def category_of(device: Device) -> str:
    """The 三包 category: contract equipment goes by its contract."""
    if device.contract_no:
        return "contract"
    return device.product.category if device.product else "other"


def by_order(session: Session, order_number: str) -> list[Device]:
    """Devices sold with an order or invoice number."""
    return list(
        session.scalars(
            select(Device).where(or_(Device.order_number == order_number, Device.invoice_no == order_number))
        )
    )


def product_of_model(session: Session, model: str) -> Product | None:
    """The product that is sold under this model."""
    return session.scalar(select(Product).where(func.upper(Product.model) == model.upper()).limit(1))
