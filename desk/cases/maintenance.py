"""Regular maintenance of devices: the plan of each, from which the reminders before a day follow."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import audit, tickets
from desk.records.models import Customer, Device, FollowUp, MaintenancePlan, Ticket
from desk.rules.warranty.period import add_months

MOST_MONTHS = 120
REMINDERS = ("maintenance_early", "maintenance_late")
ANSWERED_WITHIN = timedelta(days=10)


def put(session: Session, device: Device, every_months: int, next_on: date, actor: str) -> MaintenancePlan:
    """The device is maintained on `next_on` and every so many months after it; a plan that was there is replaced.

    Raises ValueError with words for the office: months out of range, a day that is past.
    """
    if not 1 <= every_months <= MOST_MONTHS:
        raise ValueError(texts.render("planning.plan.months", most=MOST_MONTHS))
    if next_on < time.today():
        raise ValueError(texts.render("planning.plan.past"))
    plan = of_device(session, device)
    if plan is None:
        plan = MaintenancePlan(device_id=device.id, every_months=every_months, next_on=next_on)
        session.add(plan)
    elif plan.next_on != next_on:
        forget_reminders(session, plan)
    plan.every_months, plan.next_on = every_months, next_on
    audit.note(session, actor, "plan_put", "device", device.id, months=every_months, next=str(next_on))
    session.flush()
    return plan


def remove(session: Session, device: Device, actor: str) -> bool:
    """No regular maintenance any more: nobody is reminded. False when there is no plan."""
    plan = of_device(session, device)
    if plan is None:
        return False
    forget_reminders(session, plan)
    audit.note(session, actor, "plan_removed", "device", device.id)
    session.delete(plan)
    session.flush()
    return True


def of_device(session: Session, device: Device) -> MaintenancePlan | None:
    """The device's plan."""
    return session.scalar(select(MaintenancePlan).where(MaintenancePlan.device_id == device.id))


def coming(session: Session, days: int = 30, limit: int = 200) -> list[tuple[MaintenancePlan, Device, Customer | None]]:
    """What is to be maintained in the next `days` days, the soonest first; with who has the device."""
    query = (
        select(MaintenancePlan, Device, Customer)
        .join(Device, Device.id == MaintenancePlan.device_id)
        .outerjoin(Customer, Customer.id == Device.customer_id)
        .where(MaintenancePlan.next_on <= time.today() + timedelta(days=days))
        .order_by(MaintenancePlan.next_on, MaintenancePlan.id)
        .limit(limit)
    )
    return [(plan, device, customer) for plan, device, customer in session.execute(query)]


def forget_reminders(session: Session, plan: MaintenancePlan) -> None:
    """Reminders that wait for the day that was planned are not sent."""
    waiting = select(FollowUp).where(
        FollowUp.device_id == plan.device_id, FollowUp.kind.in_(REMINDERS),
        FollowUp.state == "waiting",
    )
    for follow in session.scalars(waiting):
        follow.state, follow.done_at = "cancelled", time.now()


def arranged(session: Session, device: Device) -> bool:
    """Whether this maintenance is arranged already: its visit has reminders of its own."""
    query = select(Ticket.id).where(
        Ticket.device_id == device.id, Ticket.kind == "maintenance", Ticket.status.in_(tickets.OPEN)
    )
    return session.scalar(query.limit(1)) is not None


def reminded_of(session: Session, customer: Customer) -> Device | None:
    """The device that this customer was last reminded of, while its maintenance is not arranged."""
    query = (
        select(Device)
        .join(FollowUp, FollowUp.device_id == Device.id)
        .where(
            Device.customer_id == customer.id, FollowUp.kind.in_(REMINDERS), FollowUp.state == "done",
            FollowUp.done_at >= time.now() - ANSWERED_WITHIN,
        )
        .order_by(FollowUp.done_at.desc())
    )
    device = session.scalar(query.limit(1))
    return device if device is not None and not arranged(session, device) else None


def next_after(day: date, every_months: int, today: date) -> date:
    """The first day of the rhythm that is not past."""
    while day < today:
        day = date.fromordinal(add_months(day.toordinal(), every_months))
    return day
