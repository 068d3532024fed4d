"""`nlu review`, `nlu label`, `nlu import`: a person says what doubtful messages mean."""

import csv
from pathlib import Path
from typing import Annotated

import typer

from desk.cli.session import fail, ready

nlu_app = typer.Typer(help="理解：存疑消息的复核", no_args_is_help=True)


@nlu_app.callback()
def _nlu() -> None:
    """助手把握不大的消息：列出来，由人说明意思，下次启动时一起学。"""


@nlu_app.command("review")
def review(
    most: Annotated[int, typer.Option("--most", min=1, max=10000, help="最多列几条，最新的在前")] = 50,
    to: Annotated[Path | None, typer.Option("--to", help="写成 CSV 表，填好后用 nlu import 读回")] = None,
) -> None:
    """列出最近的存疑消息。姓名、电话、地址和编号已换成假的。"""
    from desk.cases.review import messages, training
    from desk.records import db

    ready()
    with db.reading() as session:
        rows = messages.waiting(session, most)
        table = training.table(rows)
        wait, labelled = messages.counts(session)
    if to is not None:
        with to.open("w", encoding="utf-8-sig", newline="") as output:
            csv.writer(output).writerows([training.COLUMNS, *table])
    names = messages.intents()
    for number, text, guess, confidence, *_ in table if to is None else []:
        typer.echo(f"{number:>6}  {confidence}  {names[guess]}  {text}")
    typer.echo(f"待看 {wait} 条，已标好 {labelled} 条" + (f"；已写入 {to}" if to else ""))


@nlu_app.command("label")
def label(
    number: Annotated[int, typer.Argument(help="消息的编号")],
    intent: Annotated[str, typer.Argument(help="意思的代码或中文名，例如 ask_price 或 问价格；略过 表示不参加训练")],
    second: Annotated[str, typer.Option("--second", help="还有一个意思")] = "",
) -> None:
    """说明一条消息的意思。"""
    _label([[str(number), "", "", "", intent, second]])


@nlu_app.command("import")
def import_labels(file: Annotated[Path, typer.Argument(help="nlu review --to 写出、填好的 CSV 表")]) -> None:
    """读回填好的表：填了“意思”一栏的各行记下，空着的不动。"""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines))[1:]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        fail(f"读不了 {file}：{error}")
    _label(rows)


def _label(rows: list[list[str]]) -> None:
    """All or nothing; then the file for the next training is written."""
    from desk.cases.review import messages, training
    from desk.records import db

    ready()
    try:
        wanted = training.read_rows(rows)
        with db.transaction() as session:
            for number, intent, second in wanted:
                messages.label(session, number, intent, "cli", second=second)
            session.flush()
            count = training.write(session)
    except (LookupError, ValueError) as error:
        fail(str(error), 1)
    typer.echo(f"记下 {len(wanted)} 条；下次启动时一起学的共 {count} 条，在 {training.file()}")
