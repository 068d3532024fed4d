"""`db upgrade`, `db current`: the tables of the service database."""

import typer

from desk.cli.session import ready

db_app = typer.Typer(help="数据库：建表、升级、看版本", no_args_is_help=True)


@db_app.command("upgrade")
def upgrade() -> None:
    """建表，或升级到这一版程序需要的样子。重复执行没有坏处。"""
    ready()
    typer.echo("数据库已是最新")


@db_app.command("current")
def current() -> None:
    """现在是哪一版，程序需要哪一版。"""
    from desk.records import schema
    from desk.settings import settings

    made = settings()
    if made.embedded and not (made.data_dir / "aftercare.db").exists() and made.database_url is None:
        typer.echo("还没有建表，请运行 aftercare db upgrade")
        raise typer.Exit(1)
    version = schema.current(made.database)
    typer.echo(f"数据库 {version or '还没有建表'}，程序需要 {schema.head()}")
    raise typer.Exit(0 if version == schema.head() else 1)
