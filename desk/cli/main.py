"""The command line: every command of the product under one name.

Modules of commands import nothing heavy at their top, so that `aftercare warranty check` starts at once.
"""

import typer

from desk.cli.db_commands import db_app
from desk.cli.demo_commands import demo_app
from desk.cli.doctor_commands import doctor
from desk.cli.hotline_commands import hotline_app
from desk.cli.import_commands import export_files, import_files
from desk.cli.key_commands import key_app
from desk.cli.nlu_commands import nlu_app
from desk.cli.oncall_commands import notify_app, oncall_app
from desk.cli.privacy_commands import privacy_app
from desk.cli.rules_commands import calendar_app, policy_app, sla_app, warranty_app
from desk.cli.staff_commands import staff_app
from desk.cli.web_commands import web_app
from desk.cli.wechat_commands import wechat, wechat_app

app = typer.Typer(help="售后管家", no_args_is_help=True, pretty_exceptions_show_locals=False)
app.add_typer(warranty_app, name="warranty")
app.add_typer(sla_app, name="sla")
app.add_typer(calendar_app, name="calendar")
app.add_typer(policy_app, name="policy")
app.add_typer(db_app, name="db")
app.add_typer(demo_app, name="demo")
demo_app.command("wechat")(wechat)
app.add_typer(wechat_app, name="wechat")
app.add_typer(web_app, name="web")
app.add_typer(staff_app, name="staff")
app.add_typer(key_app, name="key")
app.add_typer(privacy_app, name="privacy")
app.add_typer(oncall_app, name="oncall")
app.add_typer(notify_app, name="notify")
app.add_typer(hotline_app, name="hotline")
app.add_typer(nlu_app, name="nlu")
app.command("import")(import_files)
app.command("export")(export_files)
app.command("doctor")(doctor)


@app.command("clock")
def clock() -> None:
    """时钟：到点的事由它做。用 PostgreSQL 时单独运行，可以开几个；用 SQLite 时 desk 里已经有了。"""
    from desk.clock.__main__ import main

    main()
