"""What was exported can be imported again and changes nothing."""

import io

from openpyxl import load_workbook

from desk import demo
from desk.imports import export, run_import, sheets
from desk.records import clear, db
from tests.imports.tables import load


def csv_files(bom: bool = True) -> list[tuple[str, bytes]]:
    with db.reading() as session:
        return [(f"{sheet.name}.csv", export.to_csv(session, sheet, bom)) for sheet in sheets.SHEETS]


def test_there_and_back(database: str) -> None:
    run_import(demo.sheets())
    written = csv_files()
    report = run_import(written)
    assert report.ok, report.in_words()
    assert all(file.created == file.updated == 0 for file in report.files), report.in_words()
    with db.transaction() as session:
        clear.everything(session)
    assert run_import(written).ok
    assert csv_files() == written


def test_the_mark_for_excel(clean_database: str) -> None:
    load("branches", "name", "苏州店")
    assert csv_files()[0][1].startswith(b"\xef\xbb\xbfname")
    assert csv_files(bom=False)[0][1].startswith(b"name")


def test_a_workbook(clean_database: str) -> None:
    load("customers", "customer_no,phone", "0001,13800000001")
    with db.reading() as session:
        content = export.to_workbook(session, sheets.SHEETS)
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == [sheet.name for sheet in sheets.SHEETS]
    assert book["customers"]["A2"].value == "0001"
    assert run_import([("all.xlsx", content)]).ok


def test_customers_words_are_not_run_as_formulas(clean_database: str) -> None:
    load("customers", "customer_no,name", 'C1,"=HYPERLINK(1)"')
    content = dict(csv_files(bom=False))["customers.csv"]
    assert b"'=HYPERLINK(1)" in content
    assert run_import([("customers.csv", content)]).files[0].unchanged == 1
