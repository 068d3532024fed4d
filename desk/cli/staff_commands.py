"""`staff add`, `list`, `password`, `off`, `on`: who may sign in to the console."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from desk.cli.session import fail, ready

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

staff_app = typer.Typer(help="坐席账号：能登录工作台的人", no_args_is_help=True)

Made = TypeVar("Made")
Login = Annotated[str, typer.Argument(help="登录名")]
Password = Annotated[
    str,
    typer.Option(prompt="密码", hide_input=True, confirmation_prompt="再输一次", help="不写时会询问，屏幕上不显示"),
]


@staff_app.command("add")
def add(
    login: Login,
    password: Password,
    name: Annotated[str, typer.Option(help="显示给客户和同事的名字；缺省为登录名")] = "",
    role: Annotated[str, typer.Option(help="agent 坐席、supervisor 主管、admin 管理员")] = "agent",
    group: Annotated[list[str] | None, typer.Option(help="所在的组，可重复")] = None,
    temporary: Annotated[bool, typer.Option("--temporary", help="临时密码：本人第一次登录时必须换")] = False,
) -> None:
    """新增一个账号。密码至少 8 个字符，只存 argon2id 摘要。"""
    from desk.cases import staff

    groups = tuple(group or ())
    _change(
        lambda session: staff.add(
            session, login, name or login, password, role, groups, actor="cli", must_change=temporary
        )
    )
    typer.echo(f"已新增 {login}（{role}）")


@staff_app.command("list")
def show() -> None:
    """列出所有账号。"""
    from desk.cases import staff
    from desk.records import db

    ready()
    with db.reading() as session:
        people = staff.everybody(session)
    for person in people:
        groups = f"\t组 {'、'.join(map(str, person.groups))}" if person.groups else ""
        typer.echo(f"{person.login}\t{person.name}\t{person.role}{groups}{'' if person.active else '（已停用）'}")
    if not people:
        typer.echo("还没有账号，请运行 aftercare staff add 登录名")


@staff_app.command("password")
def password(login: Login, password: Password) -> None:
    """换一个密码。"""
    from desk.cases import staff

    _change(lambda session: staff.set_password(session, login, password, actor="cli"))
    typer.echo(f"{login} 的密码已更换")


@staff_app.command("off")
def off(login: Login) -> None:
    """停用账号：不能再登录，经手过的记录都保留。"""
    _switch(login, False)


@staff_app.command("on")
def on(login: Login) -> None:
    """重新启用账号。"""
    _switch(login, True)


def _switch(login: str, active: bool) -> None:
    from desk.cases import staff

    _change(lambda session: staff.switch(session, login, active, actor="cli"))
    typer.echo(f"{login} 已{'启用' if active else '停用'}")


def _change(command: "Callable[[Session], Made]") -> Made:
    """One transaction; what the command refuses is told and ends with 1."""
    from desk.records import db

    ready()
    try:
        with db.transaction() as session:
            return command(session)
    except ValueError as error:
        fail(str(error), 1)
