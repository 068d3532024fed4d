"""`oncall …` and `notify test`: the rota, and whether messages arrive."""

from datetime import datetime
from typing import Annotated

import typer

from desk.cli.session import fail, ready

oncall_app = typer.Typer(help="值班：谁能被通知、排班、换班", no_args_is_help=True)
notify_app = typer.Typer(help="给同事的通知：企业微信、钉钉、短信、邮件等", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="名单里的名字")]


@oncall_app.command("add")
def add(
    name: Name,
    phone: Annotated[str, typer.Option(help="手机号：短信、电话，以及在群里点名用")] = "",
    mail: Annotated[str, typer.Option(help="邮箱")] = "",
    wecom: Annotated[str, typer.Option(help="企业微信的成员账号（不写就按手机号点名）")] = "",
    dingtalk: Annotated[str, typer.Option(help="钉钉的 userId（不写就按手机号点名）")] = "",
    role: Annotated[str, typer.Option(help="engineer 值班人、supervisor 主管、manager 负责人")] = "engineer",
    group: Annotated[bool, typer.Option("--group", help="没人接单时，和负责人一起通知")] = False,
    login: Annotated[str, typer.Option(help="对应的工作台账号")] = "",
) -> None:
    """把一个人加进名单；已经在名单里就改他的信息。"""
    from desk.cases import staff
    from desk.cases.oncall import people
    from desk.records import db

    ready()
    given = {"phone": phone, "mail": mail, "wecom": wecom, "dingtalk": dingtalk}
    try:
        with db.transaction() as session:
            colleague = staff.by_login(session, login) if login else None
            if login and colleague is None:
                fail(f"没有登录名「{login}」", 1)
            there = people.by_name(session, name)
            fields = {"role": role, "duty_group": group, "staff_id": colleague.id if colleague else None}
            if there is None:
                people.add_person(session, "cli", name, **given, **fields)
            else:
                kept = {key: value for key, value in given.items() if value}
                people.change_person(session, "cli", there.id, active=True, **kept, **fields)
    except ValueError as error:
        fail(str(error), 1)
    typer.echo(f"{name} 在名单里了（{role}{'，后备组' if group else ''}）")


@oncall_app.command("off")
def off(name: Name) -> None:
    """这个人不再被通知；以前的记录都保留。"""
    from desk.cases.oncall import people
    from desk.records import db

    ready()
    with db.transaction() as session:
        people.change_person(session, "cli", _known(session, name), active=False)
    typer.echo(f"{name} 不再被通知")


@oncall_app.command("shift")
def shift(
    name: Annotated[str, typer.Argument(help="班的名字，例如 工作日夜班")],
    people: Annotated[str, typer.Option(help="按顺序写名字，用逗号隔开；第一个先通知")],
    starts: Annotated[str, typer.Option("--from", help="几点开始，例如 18:00")] = "00:00",
    ends: Annotated[str, typer.Option("--to", help="几点结束；不晚于开始就是到第二天")] = "24:00",
    days: Annotated[str, typer.Option(help="every 每天、workday 工作日、restday 休息日、holiday 法定假日")] = "every",
    turn: Annotated[str, typer.Option(help="谁排第一怎么轮：none 不轮、day 每天、week 每周")] = "none",
) -> None:
    """排一个班；同名的班会被改掉。有 holiday 班时，法定假日只按它排。"""
    from desk.cases.oncall import people as rota
    from desk.records import db

    ready()
    try:
        with db.transaction() as session:
            ids = [_known(session, who) for who in people.replace("，", ",").replace("、", ",").split(",") if who]
            rota.set_shift(session, "cli", name, days, starts, ends, ids, turn)
    except ValueError as error:
        fail(str(error), 1)
    typer.echo(f"已排：{name}")


@oncall_app.command("swap")
def swap(
    out: Annotated[str, typer.Argument(help="谁不值")],
    into: Annotated[str, typer.Argument(help="谁来替；写 - 表示只请假，后面的人往前补")],
    starts: Annotated[str, typer.Option("--from", help="从何时，例如 2026-11-21T18:00")],
    ends: Annotated[str, typer.Option("--to", help="到何时")],
    reason: Annotated[str, typer.Option(help="原因")] = "",
) -> None:
    """换班或请假。"""
    from desk.cases.oncall import people
    from desk.records import db

    ready()
    try:
        with db.transaction() as session:
            stand_in = None if into == "-" else _known(session, into)
            people.swap(session, "cli", _known(session, out), stand_in, _instant(starts), _instant(ends), reason)
    except ValueError as error:
        fail(str(error), 1)
    typer.echo(f"{out} {'请假' if into == '-' else f'由 {into} 替班'}：{starts} 至 {ends}")


@oncall_app.command("show")
def show(
    at: Annotated[str, typer.Option(help="看哪个时刻，例如 2026-11-21T23:00；缺省为现在")] = "",
    days: Annotated[int, typer.Option(help="列出多少天的排班")] = 7,
) -> None:
    """现在谁值班，以后怎么排。"""
    from desk import time
    from desk.cases import oncall
    from desk.cases.oncall import people
    from desk.notify import media
    from desk.records import db

    ready()
    with db.reading() as session:
        moment = _instant(at) if at else time.now()
        chain = "、".join(person.name for person in oncall.on_duty(session, moment)) or "没有人"
        heads = "、".join(person.name for person in oncall.leaders(session)) or "没有人"
        typer.echo(f"{time.local(moment):%Y-%m-%d %H:%M} 值班：{chain}；没人接单时通知：{heads}")
        for duty in oncall.calendar(session, time.local(moment).date(), days):
            names = "、".join(person.name for person in duty.people) or "没有人"
            span = f"{time.local(duty.starts_at):%m-%d %H:%M} – {time.local(duty.ends_at):%m-%d %H:%M}"
            typer.echo(f"{span}\t{duty.name}\t{names}")
        for person in people.everybody(session):
            ways = "、".join(medium for medium, _ in media.ways(person, urgent=True)) or "没有可用的方式"
            typer.echo(f"{person.name}\t{person.role}\t{ways}{'' if person.active else '（已停用）'}")
    if not media.configured():
        typer.echo("还没有设置任何通知方式：警报只会出现在工作台和日志里。设置见 docs/on-call.zh-CN.md")


@oncall_app.command("test")
def test(at: Annotated[str, typer.Option(help="按哪个时刻的值班人；缺省为现在")] = "") -> None:
    """给此刻值班的人发一条测试消息，每种方式各一条。"""
    from desk import time
    from desk.cases import oncall
    from desk.records import db

    ready()
    with db.reading() as session:
        people = oncall.on_duty(session, _instant(at) if at else time.now()) or oncall.leaders(session)
    if not people:
        fail("没有人值班，也没有负责人：先用 aftercare oncall add 和 oncall shift 排班", 1)
    _send([people[0].name])


@notify_app.command("test")
def notify_test(
    name: Annotated[list[str] | None, typer.Argument(help="发给谁；不写就发到群机器人和 webhook")] = None,
) -> None:
    """马上发一条测试消息，说出每种方式成不成。"""
    ready()
    _send(name or [])


def _send(names: list[str]) -> None:
    from desk import texts
    from desk.cases.oncall import people
    from desk.notify import media, post
    from desk.records import db

    if not media.configured():
        fail("还没有设置任何通知方式，设置见 docs/on-call.zh-CN.md", 1)
    title, text = texts.render("oncall.notice.test.title"), texts.render("oncall.notice.test.body")
    failed = False
    with db.reading() as session:
        for name in names or [""]:
            person = people.by_name(session, name) if name else None
            if name and person is None:
                fail(f"名单里没有「{name}」", 1)
            ways = media.ways(person) if person else [(medium, "") for medium in media.group_ways()]
            if not ways:
                typer.echo(f"{name or '群'}\t没有可用的方式")
                failed = True
            for medium, address in ways:
                why = post.send_now(person, medium, address, title, text)
                failed |= bool(why)
                typer.echo(f"{name or '群'}\t{medium}\t{'已送出' if not why else f'没有送出：{why}'}")
    if failed:
        raise typer.Exit(1)


def _known(session, name: str) -> int:  # type: ignore[no-untyped-def]
    from desk.cases.oncall import people

    person = people.by_name(session, name)
    if person is None:
        fail(f"名单里没有「{name.strip()}」，先用 aftercare oncall add", 1)
    return person.id


def _instant(text: str) -> datetime:
    from desk import time

    try:
        found = datetime.fromisoformat(text.replace(" ", "T"))
    except ValueError:
        fail(f"时间「{text}」看不懂，写成 2026-11-21T18:00", 1)
    return found if found.tzinfo else found.replace(tzinfo=time.SHOWN_IN)
