"""`key add`, `key list`, `key revoke`: what other programs call the API with."""

from typing import Annotated

import typer

from desk.cli.session import fail, ready

key_app = typer.Typer(help="集成密钥：给调用接口的程序", no_args_is_help=True)


@key_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="用途，例如 商城、ERP")],
    scope: Annotated[
        list[str],
        typer.Option(
            help="权限，可重复：read 查看、write 发消息、import 导入、act_as_channel 代渠道发言、test 测试、admin 管理"
        ),
    ],
) -> None:
    """新建一个密钥。密钥只显示这一次，数据库里只存摘要。"""
    from desk.channels.rest import auth
    from desk.records import db

    ready()
    try:
        with db.transaction() as session:
            key = auth.create(session, name, scope)
    except ValueError as error:
        fail(str(error), 1)
    typer.echo(key)
    typer.echo("请现在就保存好，以后不再显示。", err=True)


@key_app.command("list")
def show() -> None:
    """列出密钥的编号、用途和权限，不含密钥本身。"""
    from sqlalchemy import select

    from desk import time
    from desk.records import db
    from desk.records.models import ApiKey

    ready()
    with db.reading() as session:
        keys = session.scalars(select(ApiKey).order_by(ApiKey.id)).all()
    for key in keys:
        state = "" if key.revoked_at is None else f"\t已于 {time.local(key.revoked_at):%Y-%m-%d %H:%M} 停用"
        typer.echo(
            f"{key.id}\t{key.name}\t{'、'.join(map(str, key.scopes))}\t{time.local(key.created_at):%Y-%m-%d}{state}"
        )
    if not keys:
        typer.echo("还没有密钥")


@key_app.command("revoke")
def revoke(number: Annotated[int, typer.Argument(help="key list 里的编号")]) -> None:
    """停用一个密钥，立即生效。"""
    from desk import time
    from desk.records import db
    from desk.records.models import ApiKey

    ready()
    with db.transaction() as session:
        key = session.get(ApiKey, number)
        if key is None:
            fail(f"没有编号 {number} 的密钥", 1)
        key.revoked_at = key.revoked_at or time.now()
    typer.echo(f"密钥 {number} 已停用")
