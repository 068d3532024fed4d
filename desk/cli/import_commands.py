"""`import`: tables from files into the service database."""

from pathlib import Path
from typing import Annotated

import typer


def import_files(
    paths: Annotated[list[Path], typer.Argument(help="目录，或 CSV / XLSX 文件", exists=True)],
) -> None:
    """导入客户、产品、设备、合同、维修记录、工单、工程师、网点、价格、文章。

    文件名说明是哪张表（customers.csv 或 客户.xlsx）。每个文件要么全部导入，要么一行都不动；坏行逐行列出。
    """
    from desk.imports import run_import
    from desk.records import schema
    from desk.settings import settings

    schema.upgrade(settings().database)
    files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    wanted = [(file.name, file.read_bytes()) for file in files if file.suffix.lower() in (".csv", ".xlsx")]
    if not wanted:
        typer.echo("没有找到 CSV 或 XLSX 文件", err=True)
        raise typer.Exit(2)
    report = run_import(wanted)
    typer.echo(report.in_words())
    raise typer.Exit(0 if report.ok else 1)
