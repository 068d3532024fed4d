"""An import while the desk holds the same SQLite file: neither gets in the other's way."""

import threading
from datetime import UTC, datetime

from desk.imports import run_import
from desk.records import db
from desk.records.models import Customer, Device
from tests.imports.tables import table


def test_the_desk_reads_and_writes_meanwhile(clean_database: str) -> None:
    rows = (f"SN-{n:05d},2026-05-01" for n in range(2000))
    content = table("serial_number,purchase_date", *rows)
    done = threading.Event()
    reports = []

    def work() -> None:
        reports.append(run_import([("devices.csv", content)]))
        done.set()

    importing = threading.Thread(target=work)
    importing.start()
    written = 0
    while not done.is_set() or written == 0:
        with db.transaction() as session:
            session.add(Customer(customer_no=f"C{written}", created_at=datetime.now(UTC)))
        with db.reading() as session:
            assert session.query(Device).count() in (0, 2000)
        written += 1
    importing.join()
    assert reports[0].ok
    with db.reading() as session:
        assert (session.query(Device).count(), session.query(Customer).count()) == (2000, written)
