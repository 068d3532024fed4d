"""The command line: every command of the product under one name."""

import typer

from desk.cli.db_commands import db_app
from desk.cli.import_commands import import_files
from desk.cli.rules_commands import calendar_app, sla_app, warranty_app
from desk.cli.wechat_commands import demo_app, wechat_app

app = typer.Typer(help="售后管家", no_args_is_help=True)
app.add_typer(warranty_app, name="warranty")
app.add_typer(sla_app, name="sla")
app.add_typer(calendar_app, name="calendar")
app.add_typer(db_app, name="db")
app.command("import")(import_files)
app.add_typer(wechat_app, name="wechat")
app.add_typer(demo_app, name="demo")
