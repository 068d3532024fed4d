"""The command line: every command of the product under one name."""

import typer

from desk.cli.rules_commands import calendar_app, sla_app, warranty_app

app = typer.Typer(help="售后管家", no_args_is_help=True)
app.add_typer(warranty_app, name="warranty")
app.add_typer(sla_app, name="sla")
app.add_typer(calendar_app, name="calendar")
