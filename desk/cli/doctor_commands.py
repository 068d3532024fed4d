"""`doctor`: is everything that the product needs there? One line each, with what to do."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

import typer

ROOM = 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is. `good` None: nothing wrong, but worth knowing."""

    name: str
    good: bool | None
    words: str


def doctor() -> None:
    """检查 Python、数据库、磁盘、规则、Rasa、动作服务和时钟，每项一行，不好的说明怎么办。有不好的项时退出码为 1。"""
    findings = [_looked(name, look) for name, look in CHECKS.items()]
    for finding in findings:
        mark = {True: "好  ", False: "不好", None: "注意"}[finding.good]
        typer.echo(f"{mark}  {finding.name}：{finding.words}")
    raise typer.Exit(1 if any(finding.good is False for finding in findings) else 0)


def _looked(name: str, look: Callable[[], tuple[bool | None, str]]) -> Finding:
    try:
        return Finding(name, *look())
    except Exception as error:  # a check that breaks is a finding, not the end of the others
        return Finding(name, False, f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")


def _python() -> tuple[bool | None, str]:
    version = ".".join(map(str, sys.version_info[:3]))
    return (
        (True, version)
        if sys.version_info >= (3, 11)
        else (False, f"{version}，需要 3.11 或更新，请重新运行 make install")
    )


def _database() -> tuple[bool | None, str]:
    from sqlalchemy.engine import make_url

    from desk.records import schema
    from desk.settings import settings

    made = settings()
    url = make_url(made.database)
    shown = url.render_as_string(hide_password=True)
    if made.embedded and url.database and not _exists(url.database):
        return False, f"{shown} 还没有，请运行 aftercare db upgrade"
    version, head = schema.current(made.database), schema.head()
    if version != head:
        return False, f"{shown} 是版本 {version}，需要 {head}，请运行 aftercare db upgrade"
    return True, f"{shown} 版本 {version}"


def _exists(path: str) -> bool:
    from pathlib import Path

    return Path(path).exists()


def _disk() -> tuple[bool | None, str]:
    from desk.settings import settings

    folder = settings().data_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    words = f"{folder} 剩 {free / ROOM:.1f} GB"
    return (True, words) if free >= ROOM else (False, f"{words}，不足 1 GB，请清理或把 AFTERCARE_DATA_DIR 换到别处")


def _photo_folder() -> tuple[bool | None, str]:
    from desk.cases import photo_folder, photos

    words = str(photos.folder())
    return (True, words) if photo_folder.is_ours() else (False, f"{words}：{photo_folder.ADVICE}")


def _policy() -> tuple[bool | None, str]:
    from desk.cases import policies

    own = [file.path for file in policies.files() if file.own]
    found = policies.standing()
    if found:
        return False, "；".join(f"{one.file} 第 {one.line} 行 {one.field}：{one.problem}" for one in found)
    return True, f"都可以读取，公司自己的有：{'、'.join(own)}" if own else "都可以读取，用的是自带的"


def _rasa() -> tuple[bool | None, str]:
    import requests

    from desk.settings import settings

    made = settings()
    token = {"token": made.rasa_token} if made.rasa_token else {}
    for base in made.rasa:
        try:
            answer = requests.get(f"{base}/status", params=token, timeout=3)
        except requests.RequestException:
            return False, f"{base} 连不上，请先运行 make run，或检查 AFTERCARE_RASA_PORT"
        if answer.status_code in (401, 403):
            return None, f"{base} 在运行，令牌不同（make run 自己生成的令牌这里不知道，属正常）"
        if answer.status_code != 200 or not answer.json().get("model_file"):
            return False, f"{base} 还没有载入模型，请运行 make train 后重启"
    return True, f"{'、'.join(made.rasa)} 已就绪"


def _actions() -> tuple[bool | None, str]:
    import requests

    from desk.settings import settings

    address = f"http://127.0.0.1:{settings().actions_port}/health"
    try:
        good = requests.get(address, timeout=3).status_code == 200
    except requests.RequestException:
        good = False
    return (True, address) if good else (False, f"{address} 没有回应，请先运行 make run，或检查 AFTERCARE_ACTIONS_PORT")


def _clock() -> tuple[bool | None, str]:
    from desk import time

    shown = f"{time.local(time.now()):%Y-%m-%d %H:%M}（{time.SHOWN_IN.key}）"
    return (None, f"被 AFTERCARE_NOW 固定在 {shown}，正式使用请去掉") if time.pinned() else (True, shown)


def _wechat() -> tuple[bool | None, str]:
    from desk.channels.wechat import health

    return health.summary()


def _due() -> tuple[bool | None, str]:
    from desk.cases.oncall import backlog
    from desk.records import db

    with db.reading() as session:
        late = backlog.seconds(session)
    if late < backlog.STANDS_STILL:
        return True, "没有拖着没做的"
    return False, f"已经拖了 {late / 60:.0f} 分钟：请看 make run 在不在，用 PostgreSQL 时看 aftercare clock"


def _on_call() -> tuple[bool | None, str]:
    from desk import time
    from desk.cases import oncall
    from desk.notify import media
    from desk.records import db

    with db.reading() as session:
        duty, leaders = oncall.on_duty(session, time.now()), oncall.leaders(session)
        failed = len(oncall.failed_notices(session))
    if not media.configured():
        return None, "没有设置通知方式，紧急情况只在工作台和日志里出现，见 docs/on-call.zh-CN.md"
    if not duty and not leaders:
        return False, "没有人值班，也没有负责人，请用 aftercare oncall add 和 oncall shift 排班"
    names = "、".join(person.name for person in duty or leaders)
    words = f"{names}；方式 {'、'.join(media.configured())}"
    return (False, f"{words}；最近一天有 {failed} 条没有送到，见工作台的值班页") if failed else (True, words)


def _hotline() -> tuple[bool | None, str]:
    from desk.channels.hotline import health

    return health.look()


CHECKS: dict[str, Callable[[], tuple[bool | None, str]]] = {
    "Python": _python,
    "数据库": _database,
    "磁盘": _disk,
    "照片目录": _photo_folder,
    "规则": _policy,
    "Rasa": _rasa,
    "动作服务": _actions,
    "时钟": _clock,
    "微信": _wechat,
    "到点的事": _due,
    "值班": _on_call,
    "热线": _hotline,
}
