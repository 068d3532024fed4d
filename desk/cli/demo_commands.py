"""`demo load`: an invented company to try things with."""

from typing import Annotated

import typer

from desk.cli.session import fail, ready

demo_app = typer.Typer(help="演示数据", no_args_is_help=True)


@demo_app.callback()
def demo() -> None:
    """演示公司「示范电器」的客户、设备、工单、价格和自助文章。"""


@demo_app.command("load")
def load(
    anyway: Annotated[bool, typer.Option("--anyway", help="库里已有自己的数据，或演示数据被改过，也放进去")] = False,
) -> None:
    """放入演示公司的资料和演示账号。已经在了就什么也不做；库里有自己的数据也不做。"""
    from desk.demo.load import load as load_demo

    ready()
    try:
        outcome, report = load_demo(anyway)
    except ValueError as error:
        fail(f"演示数据没有放进去：\n{error}", 1)
    typer.echo(outcome.value)
    if report is not None:
        typer.echo(report.in_words())
