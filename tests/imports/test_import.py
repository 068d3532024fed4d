"""What an import writes, what it refuses, and that it may be done again."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select

from desk.imports import run_import
from desk.records import db
from desk.records.models import (
    Article,
    AuditEntry,
    Base,
    Contract,
    Customer,
    Device,
    Engineer,
    Identity,
    Price,
    Product,
    Repair,
    Ticket,
    TicketEvent,
)
from tests.imports.tables import counts, load, places, table

WORLD = {
    "tickets": table(
        "number,serial_number,phone,kind,status,severity,symptom,opened_at,visit_time",
        "TK20261119-0007,SN-1,13800000001,repair,待上门,B,不制冷,,2026-11-22 14:00-16:00",
    ),
    "repairs": table(
        "serial_number,received_on,returned_on,fault,parts,delay", "sn1,2026-07-01,2026-07-03,漏水,排水泵,缺件"
    ),
    "devices": table("serial_number,model,customer_no,purchase_date,contract_no", "SN-1,KFR,C1,2026-06-12,K1"),
    "contracts": table(
        "contract_no,customer_no,service_level,starts_on,ends_on", "K1,C1,RAPID-4H,2026-01-01,2026-12-31"
    ),
    "products": table("model,name,main_parts,promised_months", "KFR,壁挂空调,压缩机、电机,72"),
    "customers": table("customer_no,name,phone,address,wechat_openid,vip", "C1,陈静,138 0000 0001,苏州市,open-1,是"),
    "branches": table("name,city,hours", "苏州店,苏州市,周一至周日 09:00-18:00"),
    "prices": table("item,kind,amount_yuan,category", "压缩机,配件,780,空调", "上门费,visit,50,"),
    "articles": table("title,product_type,symptom,steps,safe", "不制冷,空调,不制冷、不凉,看模式|洗滤网,是"),
    "engineers": table(
        "name,phone,skills,regions,shift", "陆志强,13800000801,空调、冰箱,苏州市,周一至周六 08:30-17:30"
    ),
    "leaves": table("phone,starts_on,ends_on,reason", "13800000801,2026-12-01,2026-12-03,婚假"),
    "maintenance": table("serial_number,every_months,next_on", "sn1,6,2027-01-10"),
}
FILES = [(f"{name}.csv", content) for name, content in WORLD.items()]


def one(kind: type[Any]) -> Any:
    with db.reading() as session:
        return session.scalars(select(kind)).one()


def total(kind: type[Base]) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_everything_in_the_wrong_order(database: str) -> None:
    report = run_import(FILES)
    assert report.ok, report.in_words()
    order = "branches engineers prices articles customers products contracts devices repairs tickets maintenance leaves"
    assert [file.sheet for file in report.files] == order.split()
    with db.reading() as session:
        device = session.scalars(select(Device)).one()
        assert (device.serial_key, device.purchase_date) == ("SN1", date(2026, 6, 12))
        assert device.customer is not None
        assert (device.customer.phone, device.customer.vip) == ("13800000001", True)
        assert device.contract is not None
        assert device.contract.service_level == "RAPID-4H"
        assert device.product is not None
        assert (device.product.product_type, device.product.category) == ("空调", "home_appliance")
        assert [(r.parts, r.delay) for r in device.repairs] == [(["排水泵"], "parts")]
        identity = session.scalars(select(Identity)).one()
        assert (identity.channel, identity.account, identity.external_id, identity.proof) == (
            "wechat",
            "",
            "open-1",
            "import",
        )
        assert session.scalars(select(Price.amount_fen).order_by(Price.amount_fen)).all() == [5000, 78000]
        assert session.scalars(select(Article)).one().steps == ["看模式", "洗滤网"]
        assert session.scalars(select(Engineer)).one().shift["days"] == [1, 2, 3, 4, 5, 6]


def test_a_ticket_stands_with_its_device_customer_and_deadlines(database: str) -> None:
    run_import(FILES)
    with db.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert ticket.opened_at == datetime(2026, 11, 19, 1, 0, tzinfo=UTC)
        assert (ticket.status, ticket.severity, ticket.priority) == ("scheduled", "B", 2)
        assert (ticket.contact_name, ticket.contact_phone) == ("陈静", "13800000001")
        assert (ticket.product_type, ticket.product_model, ticket.service_level) == ("空调", "KFR", "RAPID-4H")
        assert ticket.visit_start == datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
        assert datetime.fromisoformat(ticket.deadlines["fix_due"]) == datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
        assert [event.kind for event in ticket.events] == ["imported"]


def test_twice_the_same_changes_nothing(database: str) -> None:
    run_import(FILES)
    events, audits = total(TicketEvent), total(AuditEntry)
    report = run_import(FILES)
    assert report.ok
    assert all(file.created == file.updated == 0 and file.unchanged == file.rows for file in report.files)
    assert (total(TicketEvent), total(AuditEntry)) == (events, audits)


def test_later_imports_change_only_what_is_filled_in(database: str) -> None:
    run_import(FILES)
    report = load("customers", "customer_no,name,address,vip", "C1,,昆山市,")
    assert (report.created, report.updated) == (0, 1)
    customer = one(Customer)
    assert (customer.name, customer.address, customer.phone, customer.vip) == ("陈静", "昆山市", "13800000001", True)
    assert load("products", "model,promised_months,category", "KFR,36,").updated == 1
    product = one(Product)
    assert (product.promised_months, product.category, product.main_parts) == (36, "home_appliance", ["压缩机", "电机"])


def test_one_bad_row_keeps_its_file_out_and_no_other(database: str) -> None:
    report = run_import(
        [
            ("customers.csv", table("customer_no,name,phone", "C1,陈静,13800000001", "C2,王芳,1380000000")),
            ("branches.csv", table("name", "苏州店")),
        ]
    )
    assert not report.ok
    assert counts(report) == [("branches", 1, 0, 0), ("customers", 0, 0, 0)]
    assert places(report.files[1]) == [(3, "phone")]
    assert "11 位" in report.files[1].errors[0].problem
    assert total(Customer) == 0


def test_every_bad_cell_is_listed(database: str) -> None:
    report = load(
        "devices",
        "serial_number,model,customer_no,purchase_date,price,sale_channel,contract_no",
        "SN-1,NOPE,C9,2025-02-30,abc,偷来的,K9",
        ",,,,,,",
        ",,C9,,,,",
        "SN-2,,,,,,",
    )
    assert places(report) == [
        (2, "purchase_date"), (2, "price"), (2, "sale_channel"), (2, "customer_no"), (2, "model"), (2, "contract_no"),
        (4, "serial_number"),
    ]  # fmt: skip
    assert total(Device) == 0


def test_blank_references_are_fine(database: str) -> None:
    assert load("devices", "serial_number,model,customer_no,contract_no", "SN-1,,,").ok


def test_duplicate_rows(database: str) -> None:
    report = load("customers", "customer_no,name", "C1,陈静", "C2,王芳", "C1,陈静")
    assert places(report) == [(4, "customer_no")]
    assert "第 2 行" in report.errors[0].problem
    assert total(Customer) == 0


def test_serials_that_differ_in_separators_only(database: str) -> None:
    assert places(load("devices", "serial_number", "SN-001", "SN001")) == [(3, "serial_number")]
    assert load("devices", "serial_number", "SN-001").ok
    report = load("devices", "serial_number", "sn001")
    assert places(report) == [(2, "serial_number")]
    assert "SN-001" in report.errors[0].problem


def test_unknown_columns_are_named_and_left_out(database: str) -> None:
    report = load("customers", "customer_no,name,phon,星座", "C1,陈静,13800000001,白羊")
    assert report.ok
    assert [(w.line, w.column) for w in report.warnings] == [(1, "phon"), (1, "星座")]
    assert "phone" in report.warnings[0].problem
    assert one(Customer).phone is None


def test_chinese_headers(database: str) -> None:
    assert load("客户", "客户编号,姓名,电话", "C1,陈静,13800000001").ok
    assert one(Customer).phone == "13800000001"


def test_a_wechat_identity_is_never_moved(database: str) -> None:
    header = "customer_no,wechat_openid"
    assert load("customers", header, "C1,open-1").ok
    report = load("customers", header, "C2,open-1")
    assert places(report) == [(2, "wechat_openid")]
    assert "C1" in report.errors[0].problem
    assert places(load("customers", header, "C3,open-3", "C4,open-3")) == [(3, "wechat_openid")]
    assert load("customers", header, "C1,open-2").updated == 1
    assert total(Identity) == 2


def test_a_known_customer_gets_an_identity_later(database: str) -> None:
    load("customers", "customer_no,name", "C1,陈静")
    assert load("customers", "customer_no,wechat_openid", "C1,open-1").updated == 1
    assert load("customers", "customer_no,wechat_openid", "C1,open-1").unchanged == 1


def test_contracts_that_end_before_they_start(database: str) -> None:
    report = load("contracts", "contract_no,starts_on,ends_on", "K1,2026-05-01,2026-04-30")
    assert places(report) == [(2, "ends_on")]
    assert load("contracts", "contract_no,starts_on,ends_on", "K1,2026-05-01,2026-12-31").ok
    assert places(load("contracts", "contract_no,ends_on", "K1,2026-04-30")) == [(2, "ends_on")]
    assert one(Contract).ends_on == date(2026, 12, 31)


def test_repairs(database: str) -> None:
    load("devices", "serial_number", "SN-1")
    header = "serial_number,received_on,returned_on,fault"
    assert places(load("repairs", header, "SN-1,2026-05-01,2026-04-30,漏水", "SN-9,2026-05-01,,")) == [
        (2, "returned_on"),
        (3, "serial_number"),
    ]
    assert load("repairs", header, "SN-1,2026-05-01,,漏水").created == 1
    assert load("repairs", header, "SN-1,2026-05-01,2026-05-03,").updated == 1
    assert one(Repair).returned_on == date(2026, 5, 3)


def test_a_phone_is_one_engineers(database: str) -> None:
    assert load("engineers", "name,phone", "陆志强,13800000801").ok
    assert places(load("engineers", "name,phone", "严明,13800000801")) == [(2, "phone")]


def test_a_ticket_of_an_unknown_device_and_a_shared_phone(database: str) -> None:
    load("customers", "customer_no,name,phone", "C1,陈静,13800000001", "C2,陈父,13800000001")
    report = load("tickets", "number,serial_number,phone,visit_time", "TK20261119-0001,SN-X,13800000001,明天上午")
    assert report.ok
    assert [w.column for w in report.warnings] == ["visit_time", "serial_number"]
    ticket = one(Ticket)
    assert (ticket.customer_id, ticket.device_id, ticket.serial_number) == (None, None, "SN-X")
    assert (ticket.visit_text, ticket.visit_start, ticket.service_level) == ("明天上午", None, None)
    assert "response_due" in ticket.deadlines


def test_a_ticket_that_moved_on_is_not_set_back(database: str) -> None:
    header = "number,status,symptom"
    load("tickets", header, "TK20261119-0001,new,不制冷")
    assert load("tickets", header, "TK20261119-0001,accepted,不制冷").updated == 1
    with db.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        ticket.status = "in_progress"
        session.add(TicketEvent(ticket_id=ticket.id, kind="status", actor="agent", at=datetime.now(UTC)))
    assert load("tickets", header, "TK20261119-0001,new,不制冷").unchanged == 1
    assert load("tickets", header, "TK20261119-0001,new,外机不转").updated == 1
    ticket = one(Ticket)
    assert (ticket.status, ticket.symptom) == ("in_progress", "外机不转")


def test_texts_too_long_for_their_column(database: str) -> None:
    report = load("customers", "customer_no,name", f"C1,{'长' * 121}")
    assert places(report) == [(2, "name")]
    assert "120" in report.errors[0].problem


def test_dates_in_the_future_are_pointed_out(database: str, pinned_clock: Any) -> None:
    report = load("devices", "serial_number,purchase_date", "SN-1,2026-12-01")
    assert report.ok
    assert [w.column for w in report.warnings] == ["purchase_date"]


def test_the_report_for_machines() -> None:
    report = run_import([("toasters.csv", b"a\n1\n")]).to_dict()
    assert report["ok"] is False
    (file,) = report["files"]
    assert file.keys() >= {"file", "sheet", "rows", "created", "updated", "unchanged", "errors", "warnings", "ok"}
    assert file["errors"][0].keys() == {"line", "column", "value", "problem"}
