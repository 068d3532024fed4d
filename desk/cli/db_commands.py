"""`db upgrade`, `db current`: the tables of the service database."""

import typer

db_app = typer.Typer(help="数据库", no_args_is_help=True)


@db_app.command("upgrade")
def upgrade() -> None:
    """建表，或升级到这一版程序需要的样子。重复执行没有坏处。"""
    from desk.records import schema
    from desk.settings import settings

    made = settings()
    if made.embedded:
        made.data_dir.mkdir(parents=True, exist_ok=True)
    schema.upgrade(made.database)
    typer.echo("数据库已是最新")


@db_app.command("current")
def current() -> None:
    """现在是哪一版。"""
    from desk.records import schema
    from desk.settings import settings

    typer.echo(schema.current(settings().database) or "还没有建表")
