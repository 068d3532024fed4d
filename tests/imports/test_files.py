"""Files as people save them: encodings, separators, broken bytes, workbooks."""

import io
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from desk.imports import run_import
from desk.records import db
from desk.records.models import Customer, Device
from tests.imports.tables import counts, load, places, table

HEADER = "customer_no,name,phone"


def names() -> list[str]:
    with db.reading() as session:
        return [customer.name for customer in session.query(Customer).order_by(Customer.customer_no)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings(clean_database: str, encoding: str) -> None:
    assert load("customers", HEADER, "C1,陈静,13800000001", encoding=encoding).ok
    assert names() == ["陈静"]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_separators(clean_database: str, sign: str) -> None:
    assert load("customers", HEADER.replace(",", sign), f"C1{sign}陈静{sign}13800000001").ok
    assert names() == ["陈静"]


def test_windows_line_ends_and_lines_within_quotes(clean_database: str) -> None:
    content = b'customer_no,name,phone,address\r\nC1,A,13800000001,"1\r\n2"\r\n\r\nC2,B,1380000000,\r\n'
    (report,) = run_import([("customers.csv", content)]).files
    assert places(report) == [(5, "phone")]


def test_a_broken_gb18030_row_is_named(clean_database: str) -> None:
    content = table(HEADER, "C1,陈静,13800000001", "C2,王芳,13800000002", "C3,李敏,13800000003", encoding="gb18030")
    broken = content.replace("王芳".encode("gb18030"), b"\xcd\xf5\xff")
    (report,) = run_import([("customers.csv", broken)]).files
    assert places(report) == [(3, "name")]
    assert "字节" in report.errors[0].problem
    assert names() == []


def test_a_broken_utf8_row_does_not_turn_the_file_into_gb18030(clean_database: str) -> None:
    content = table(HEADER, "C1,陈静,13800000001", "C2,王芳,13800000002", "C3,李敏,13800000003")
    (report,) = run_import([("customers.csv", content.replace("王芳".encode(), "王芳".encode()[:-1]))]).files
    assert places(report) == [(3, "name")]


def test_an_open_quote_is_reported(clean_database: str) -> None:
    report = load("customers", HEADER, 'C1,"陈静,13800000001', "C2,王芳,13800000002")
    assert not report.ok
    assert "引号" in report.errors[0].problem


def test_a_row_longer_than_the_header(clean_database: str) -> None:
    assert places(load("customers", HEADER, "C1,陈静,13800000001,苏州,姑苏")) == [(2, "")]


def test_a_row_shorter_than_the_header(clean_database: str) -> None:
    assert load("customers", HEADER, "C1,陈静").ok


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("customers.csv", b"", "空的"),
        ("customers.xlsx", b"not a workbook", "打不开"),
        ("customers.xls", b"\xd0\xcf\x11\xe0", "另存为 .xlsx"),
        ("customers.pdf", b"%PDF", "只能导入"),
        ("customers.csv", b"a\x00b", "不是文本"),
        ("toasters.csv", b"a,b\n1,2\n", "不认识的表"),
        ("customers.csv", b"name,phone\nA,13800000001\n", "customer_no"),
        ("customers.csv", b"customer_no,name,name\nC1,A,B\n", "两次"),
    ],
)
def test_unusable_files(clean_database: str, name: str, content: bytes, words: str) -> None:
    report = run_import([(name, content)])
    assert not report.ok
    assert words in report.in_words()


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_with_a_sheet_of_each_kind(clean_database: str) -> None:
    content = workbook(
        {
            "devices": [
                ["serial_number", "model", "customer_no", "purchase_date", "price"],
                [861234050001273, "P12", "C1", datetime(2025, 6, 10), 3299.5],
                ["SN-2", "P12", "C1", date(2025, 6, 11), None],
            ],
            "客户": [["客户编号", "姓名", "电话", "VIP"], ["C1", "陈静", 13800000001, True]],
            "products": [["model", "product_type"], ["P12", "手机"]],
            "Sheet3": [],
        }
    )
    report = run_import([("资料.xlsx", content)])
    assert report.ok, report.in_words()
    assert counts(report) == [("customers", 1, 0, 0), ("products", 1, 0, 0), ("devices", 2, 0, 0)]
    with db.reading() as session:
        device = session.query(Device).filter_by(serial_number="861234050001273").one()
        assert (device.purchase_date, device.price_fen) == (date(2025, 6, 10), 329950)
        assert device.product is not None
        assert device.product.category == "mobile_phone"
        assert device.customer is not None
        assert device.customer.vip


def test_a_workbook_named_after_its_sheet(clean_database: str) -> None:
    content = workbook({"Sheet1": [["customer_no", "name"], ["C1", "陈静"]]})
    assert run_import([("customers.xlsx", content)]).ok
    assert names() == ["陈静"]


def test_digits_that_excel_has_lost(clean_database: str) -> None:
    content = workbook({"devices": [["serial_number"], [12345678901234567]]})
    (report,) = run_import([("x.xlsx", content)]).files
    assert places(report) == [(2, "serial_number")]
    assert "科学计数" in report.errors[0].problem
