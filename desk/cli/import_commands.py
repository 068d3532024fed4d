"""`import` and `export`: tables from files into the service database, and back."""

from pathlib import Path
from typing import Annotated

import typer

from desk.cli.session import fail, ready

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls")


def import_files(
    paths: Annotated[list[Path], typer.Argument(help="目录，或 CSV / XLSX 文件", exists=True)],
    as_json: Annotated[bool, typer.Option("--json", help="报告用 JSON 输出")] = False,
) -> None:
    """导入客户、产品、设备、合同、维修记录、工单、保养计划、工程师、请假、网点、价格、文章。

    文件名（或工作表名）说明是哪张表，例如 customers.csv、客户.xlsx。每个文件要么全部导入，要么一行都不动；
    坏行会列出行号、列名和原因。再导入同一个文件不会有变化；以后导入只更新填了内容的格子。
    有文件没导入成功时退出码为 1。
    """
    import json

    from desk.imports import run_import

    files = [file for path in paths for file in (_inside(path) if path.is_dir() else [path])]
    if not files:
        fail("没有找到 CSV 或 XLSX 文件")
    ready()
    report = run_import(((file.name, file.read_bytes()) for file in files), actor="cli")
    typer.echo(json.dumps(report.to_dict(), ensure_ascii=False, indent=2) if as_json else report.in_words())
    raise typer.Exit(0 if report.ok else 1)


def export_files(
    target: Annotated[Path, typer.Argument(help="目录（写成多个 CSV），或一个 .xlsx 文件")],
    only: Annotated[list[str] | None, typer.Option("--sheet", help="只要这张表，可重复；缺省为全部")] = None,
    bom: Annotated[bool, typer.Option("--bom/--no-bom", help="CSV 开头是否带 UTF-8 标记；用 Excel 打开需要带")] = True,
) -> None:
    """把资料写成导入用的同样的表，可以在 Excel 里改好再导回来。"""
    from desk.imports import export, sheets
    from desk.records import db

    known = [(name, sheets.named(name)) for name in only or [sheet.name for sheet in sheets.SHEETS]]
    missing = [name for name, sheet in known if sheet is None]
    if missing:
        fail(f"没有这张表：{'、'.join(missing)}；有：{'、'.join(sheet.name for sheet in sheets.SHEETS)}")
    wanted = tuple(sheet for _, sheet in known if sheet is not None)
    ready()
    with db.reading() as session:
        if target.suffix.lower() == ".xlsx":
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(export.to_workbook(session, wanted))
        else:
            target.mkdir(parents=True, exist_ok=True)
            for sheet in wanted:
                (target / f"{sheet.name}.csv").write_bytes(export.to_csv(session, sheet, bom))
    typer.echo(f"已写到 {target}：{'、'.join(sheet.name for sheet in wanted)}")


def _inside(folder: Path) -> list[Path]:
    hidden = (".", "~$")  # Excel leaves ~$ files beside a workbook that is open
    files = [file for file in sorted(folder.iterdir()) if file.suffix.lower() in SUFFIXES]
    return [file for file in files if file.is_file() and not file.name.startswith(hidden)]
