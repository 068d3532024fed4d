"""`privacy export`, `privacy erase`, `privacy retention`: one customer's data, and how long data are kept."""

from pathlib import Path
from typing import Annotated

import typer

from desk.cli.session import fail, ready

privacy_app = typer.Typer(help="个人信息：导出或删除某位客户的资料，按期限清理", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="客户编号")]


@privacy_app.command("export")
def export(
    number: Number, target: Annotated[Path | None, typer.Argument(help="写到哪个 ZIP；缺省为 客户编号.zip")] = None
) -> None:
    """把某位客户的全部资料（data.json、照片、录音）写成一个 ZIP。"""
    from desk.cases.privacy import export as exporting
    from desk.records import db

    customer_id = _customer(number)
    with db.transaction() as session:
        made = exporting.to_zip(session, customer_id, "cli")
    assert made is not None
    file = target or Path(f"{number}.zip")
    file.write_bytes(made)
    typer.echo(f"已写到 {file}")


@privacy_app.command("erase")
def erase(
    number: Number,
    reason: Annotated[str, typer.Option(help="为什么删除，例如：客户来电要求", prompt="原因")],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
) -> None:
    """删除某位客户的个人信息和对话内容，找不回来；工单的统计留下。要在服务运行时做，助手的记录才能一起删掉。"""
    from desk.cases.privacy import erase as erasing

    customer_id = _customer(number)
    if not yes:
        typer.confirm(f"删除客户 {number} 的全部个人信息，找不回来。确定吗？", abort=True)
    try:
        done = erasing.customer(customer_id, "cli", reason)
    except erasing.Refused as refused:
        fail(str(refused), 1)
    typer.echo(f"已删除：{done.conversations} 个会话的内容、{done.tickets} 张工单的联系方式、{done.files} 个文件")


@privacy_app.command("retention")
def retention() -> None:
    """按工作台里定的期限清理一次；平时由定时任务每天做。"""
    from desk.cases.privacy import retention as keeping
    from desk.talk import rasa

    ready()
    conversations = tickets = 0
    try:
        while True:
            done = keeping.run()
            conversations, tickets = conversations + done.conversations, tickets + done.tickets
            if not done.more:
                break
    except rasa.Unavailable as error:
        fail(f"智能助手连不上，没有清理完：{error}", 1)
    typer.echo(f"已清理 {conversations} 个会话、{tickets} 张工单")


def _customer(number: str) -> int:
    from sqlalchemy import select

    from desk.records import db
    from desk.records.models import Customer

    ready()
    with db.reading() as session:
        found = session.scalar(select(Customer.id).where(Customer.customer_no == number))
    if found is None:
        fail(f"没有编号为 {number} 的客户", 1)
    return found
