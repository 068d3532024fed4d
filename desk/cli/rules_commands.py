"""Commands on the rules: `warranty check`, `sla deadlines`, `calendar import`, `policy list`. They need no database."""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

warranty_app = typer.Typer(help="质保判定", no_args_is_help=True)
sla_app = typer.Typer(help="时限计算", no_args_is_help=True)
calendar_app = typer.Typer(help="节假日安排", no_args_is_help=True)
policy_app = typer.Typer(help="规则数据", no_args_is_help=True)

Jsonl = Annotated[bool, typer.Option("--jsonl", help="标准输入每行一个 JSON,标准输出每行一个答案，次序不变")]


class _BadLine(ValueError):
    """A line that is not JSON as we want it; the message is Chinese."""


def _no_constant(name: str) -> Any:
    raise _BadLine(f"数字不能是 {name}")


def _read(line: str) -> Any:
    if not line.strip():
        raise _BadLine("这一行是空的")
    try:
        return json.loads(line, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise _BadLine(f"不是合格的 JSON（第 {error.pos + 1} 个字符附近）") from error
    except _BadLine:
        raise
    except (ValueError, RecursionError):
        raise _BadLine("不是合格的 JSON：数字太长或嵌套太深") from None


def _answer(line: str, answer: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    try:
        return answer(_read(line))
    except ValueError as error:
        return {"error": str(error)}


def run_jsonl(lines: Iterable[str], answer: Callable[[Any], dict[str, Any]]) -> None:
    """One answer a line, in order; a bad line gives {"error": …} on its line."""
    for line in lines:
        print(json.dumps(_answer(line, answer), ensure_ascii=False))


def _lines() -> Iterable[str]:
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    return sys.stdin


def _only_jsonl(jsonl: bool) -> None:
    if not jsonl:
        raise typer.BadParameter("请加上 --jsonl,从标准输入逐行读取")


@warranty_app.callback()
def _warranty() -> None:
    """质保判定：谁付钱、客户可以选什么、依据哪一条。"""


@warranty_app.command("check")
def warranty_check(jsonl: Jsonl = False) -> None:
    """判定质保：每行一个输入（字段见 docs/rules.md）,每行一个决定。"""
    from desk.rules.calendars import default_calendar
    from desk.rules.warranty import decide, default_policy, parse_input

    _only_jsonl(jsonl)
    try:
        policy, calendar = default_policy(), default_calendar()
    except ValueError as error:
        _fail(str(error))
    run_jsonl(_lines(), lambda data: decide(parse_input(data), policy, calendar).to_dict())


@sla_app.callback()
def _sla() -> None:
    """时限：响应、到场、修复，以及各项职责的期限。"""


@sla_app.command("deadlines")
def sla_deadlines(jsonl: Jsonl = False) -> None:
    """计算时限：每行一个请求（字段见 docs/rules.md）,每行一组时限。"""
    from desk.rules.sla import answer_request, default_levels

    _only_jsonl(jsonl)
    try:
        default_levels()
    except ValueError as error:
        _fail(str(error))
    run_jsonl(_lines(), answer_request)


@calendar_app.callback()
def _calendar() -> None:
    """节假日安排：国务院每年公布后导入。"""


@calendar_app.command("import")
def calendar_import(
    file: Annotated[Path, typer.Argument(help="通知正文(.txt)或 YAML 文件")],
    to: Annotated[
        Path | None, typer.Option(help="公司的政策目录，缺省用 AFTERCARE_POLICY_DIR", envvar="AFTERCARE_POLICY_DIR")
    ] = None,
) -> None:
    """导入一年的放假安排，写进公司的政策目录。以后的计算用它；已经作出的判定不变。"""
    from desk.rules.notices import describe, import_years

    if to is None:
        _fail("还不知道写到哪里：请设置 AFTERCARE_POLICY_DIR,或用 --to 指定公司的政策目录")
    try:
        added = import_years(file, to)
    except ValueError as error:
        _fail(str(error))
    for number, year in sorted(added.items()):
        typer.echo(f"{number} 年：{describe(year)}，已写入 {to / 'holidays.yml'}")


@policy_app.callback()
def _policy() -> None:
    """规则数据：每个数字从哪天起、依据什么、把握多大。"""


@policy_app.command("list")
def policy_list(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="每行一个 JSON")] = False,
    unsure: Annotated[bool, typer.Option("--open", help="只列待核的（把握是 L 或 ?）")] = False,
) -> None:
    """列出规则里的每个数字：文件、字段、值、生效日、来源、把握（公司目录里的文件也算）。"""
    from desk.rules.places import company_dir
    from desk.rules.versions import numbers

    try:
        found = [number for number in numbers(company_dir()) if not unsure or number.confidence in "L?"]
    except ValueError as error:
        _fail(str(error))
    rows = [{**asdict(number), "effective_from": number.effective_from.isoformat()} for number in found]
    if not jsonl:
        typer.echo("\t".join(("文件", "字段", "值", "生效日", "来源", "把握")))
    for row in rows:
        typer.echo(json.dumps(row, ensure_ascii=False) if jsonl else "\t".join(row.values()))


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
