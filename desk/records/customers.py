"""Customers, what they own, and what was promised to them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from desk.records.base import Base

START_BASES = ("acceptance", "signing", "shipment", "invoice", "completion")
SALE_CHANNELS = ("store", "online", "tv", "phone", "mail")
DELAYS = ("parts", "repairer")
CATEGORIES = ("home_appliance", "micro_computer", "mobile_phone", "car", "agricultural", "contract", "other")


class Customer(Base):
    """A person or company that the firm serves. `phone` is canonical (11 digits, or area code and number)."""

    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("customer_no <> ''", name="customer_no"),
        CheckConstraint("phone <> ''", name="phone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_no: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str | None] = mapped_column(String(32), index=True)
    address: Mapped[str] = mapped_column(String(300), default="")
    vip: Mapped[bool] = mapped_column(default=False)
    notices_off: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    devices: Mapped[list["Device"]] = relationship(back_populates="customer")
    identities: Mapped[list["Identity"]] = relationship(back_populates="customer")


class Identity(Base):
    """A channel user proved to be a customer; `proof` says how (import, phone_and_serial, phone_and_ticket, code)."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("channel", "account", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(64), default="")
    external_id: Mapped[str] = mapped_column(String(128))
    proof: Mapped[str] = mapped_column(String(32))
    proved_at: Mapped[datetime]

    customer: Mapped[Customer] = relationship(back_populates="identities")


class Product(Base):
    """A model that the firm sells or serves. `main_parts`: names with a longer cover of their own."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("model <> ''", name="model"),
        CheckConstraint(f"category IN {CATEGORIES}", name="category"),
        CheckConstraint("promised_months > 0", name="promised_months"),
    )

    model: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    product_type: Mapped[str] = mapped_column(String(60), default="", index=True)
    category: Mapped[str] = mapped_column(String(20), default="other")
    brand: Mapped[str] = mapped_column(String(60), default="")
    main_parts: Mapped[list[Any]] = mapped_column(default=list)
    promised_months: Mapped[int | None]
    service_level: Mapped[str | None] = mapped_column(String(40))


class Contract(Base):
    """A service contract: its level, cover and exchange rule go before the category's."""

    __tablename__ = "contracts"
    __table_args__ = (
        CheckConstraint("contract_no <> ''", name="contract_no"),
        CheckConstraint(f"start_basis IN {START_BASES}", name="start_basis"),
        CheckConstraint("ends_on >= starts_on", name="order"),
        CheckConstraint("months > 0", name="months"),
    )

    contract_no: Mapped[str] = mapped_column(String(64), primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    service_level: Mapped[str | None] = mapped_column(String(40))
    starts_on: Mapped[date | None]
    start_basis: Mapped[str | None] = mapped_column(String(20))
    ends_on: Mapped[date | None]
    months: Mapped[int | None]
    exchange_rule: Mapped[str | None] = mapped_column(String(20))
    coverage: Mapped[str] = mapped_column(String(300), default="")


class Device(Base):
    """One sold unit. `serial_key` is the serial without separators, upper case: what spellings are compared by."""

    __tablename__ = "devices"
    __table_args__ = (
        CheckConstraint("serial_number <> ''", name="serial_number"),
        CheckConstraint(f"sale_channel IN {SALE_CHANNELS}", name="sale_channel"),
        CheckConstraint("price_fen >= 0", name="price"),
        Index("ix_devices_order", "order_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    serial_number: Mapped[str] = mapped_column(String(80), unique=True)
    serial_key: Mapped[str] = mapped_column(String(80), index=True)
    model: Mapped[str | None] = mapped_column(ForeignKey("products.model"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    order_number: Mapped[str | None] = mapped_column(String(64))
    purchase_date: Mapped[date | None]
    invoice_date: Mapped[date | None]
    invoice_no: Mapped[str | None] = mapped_column(String(64))
    sale_channel: Mapped[str | None] = mapped_column(String(16))
    price_fen: Mapped[int | None]
    delivered_on: Mapped[date | None]
    installed_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    manufactured_on: Mapped[date | None]
    exchanged_on: Mapped[date | None]
    contract_no: Mapped[str | None] = mapped_column(ForeignKey("contracts.contract_no"), index=True)
    promised_until: Mapped[date | None]
    region: Mapped[str | None] = mapped_column(String(60))
    critical: Mapped[bool] = mapped_column(default=False)

    customer: Mapped[Customer | None] = relationship(back_populates="devices")
    product: Mapped[Product | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    repairs: Mapped[list["Repair"]] = relationship(back_populates="device", order_by="Repair.received_on")


class Repair(Base):
    """A past repair of a device. `delay`: parts or repairer, where the time was lost."""

    __tablename__ = "repairs"
    __table_args__ = (
        UniqueConstraint("device_id", "received_on", "fault"),
        CheckConstraint("returned_on >= received_on", name="order"),
        CheckConstraint(f"delay IN {DELAYS}", name="delay"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id", ondelete="CASCADE"), index=True)
    received_on: Mapped[date]
    returned_on: Mapped[date | None]
    fault: Mapped[str] = mapped_column(String(200), default="")
    same_fault_key: Mapped[str | None] = mapped_column(String(60))
    parts: Mapped[list[Any]] = mapped_column(default=list)
    delay: Mapped[str | None] = mapped_column(String(16))

    device: Mapped[Device] = relationship(back_populates="repairs")
