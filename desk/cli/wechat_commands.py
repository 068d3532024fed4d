"""Commands for the WeChat Official Account: menu, codes, a check, and a WeChat to try it with."""

import csv
import json
import secrets
import signal
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

wechat_app = typer.Typer(help="微信公众号", no_args_is_help=True)

AccountName = Annotated[str, typer.Option("--account", help="哪个公众号；只有一个时不用写")]


@wechat_app.command("menu")
def menu(account: AccountName = "", show: Annotated[bool, typer.Option("--show", help="只看，不发布")] = False) -> None:
    """发布公众号菜单（内容在 desk/texts/wechat.yml）。"""
    from desk.channels.wechat import menu as menus

    try:
        buttons = menus.buttons()
    except ValueError as problem:
        _fail(str(problem))
    if show:
        print(json.dumps(buttons, ensure_ascii=False, indent=1))
        return
    _asking(lambda caller: caller.create_menu(buttons), account)
    print("菜单已发布；手机上最多五分钟后能看到，取消关注再关注可立即看到。")


@wechat_app.command("qr")
def qr(
    serials: Annotated[list[str], typer.Argument(help="序列号，一个或多个")],
    account: AccountName = "",
    days: Annotated[int, typer.Option(help="几天后失效，1 到 30；0 为永久（每个号最多 10 万个）")] = 0,
    out: Annotated[Path | None, typer.Option(help="写到 CSV 文件")] = None,
) -> None:
    """给设备做二维码：客户扫了就知道是哪一台。"""
    from desk.channels.wechat import scans

    if not 0 <= days <= 30:
        _fail("--days 是 0 到 30")
    try:
        scenes = [(serial, scans.scene_of(serial)) for serial in serials]
    except ValueError as problem:
        _fail(str(problem))
    rows = []
    for serial, scene in scenes:
        made = _asking(lambda caller, scene=scene: caller.qr(scene, days * 86400 or None), account)
        rows.append((serial, made["url"], made["image"]))
    with out.open("w", encoding="utf-8-sig", newline="") if out else sys.stdout as target:
        writer = csv.writer(target)
        writer.writerows([("序列号", "二维码内容", "图片地址"), *rows])


@wechat_app.command("check")
def check() -> None:
    """检查公众号配置：能不能拿到凭证，有没有要处理的问题。"""
    from desk.channels.wechat import health

    told = health.lines()
    for good, line in told:
        print(f"{'✓' if good else '✗'} {line}")
    if not all(good for good, _ in told):
        raise typer.Exit(1)


def wechat(
    port: Annotated[int, typer.Option(help="手机页面的端口")] = 8090,
    product: Annotated[str, typer.Option(help="正在运行的产品的地址；默认是本机的")] = "",
    unverified: Annotated[bool, typer.Option("--unverified", help="演示未认证的公众号")] = False,
) -> None:
    """在本机开一个假的微信：浏览器里当手机用，给正在运行的产品发消息。Ctrl-C 结束。"""
    from desk.channels.wechat import settings as wechat_settings
    from desk.demo_wechat.pushes import Sender
    from desk.demo_wechat.server import Server
    from desk.demo_wechat.world import World
    from desk.settings import settings

    key = secrets.token_urlsafe(48).replace("-", "0").replace("_", "1")[:43]
    base = product or f"http://127.0.0.1:{settings().port}"
    sender = Sender(f"{base}/wechat/{wechat_settings.DEMO}", secrets.token_hex(16), f"wx{secrets.token_hex(8)}", key)
    secret = secrets.token_hex(16)
    server = Server(World(sender, secret, verified=not unverified), port).start()
    file = wechat_settings.demo_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(
        json.dumps({
            "appid": sender.appid, "secret": secret, "token": sender.token, "aes_key": key,
            "verified": not unverified, "base_url": server.url,
        }),
        "utf-8",
    )
    # Stopped in whatever way, the account must not stay behind.
    for number in (signal.SIGTERM, signal.SIGINT):  # SIGINT too: who is started in the background ignores it
        signal.signal(number, signal.default_int_handler)
    try:
        _publish_menu(server)
        print(f"手机页面：{server.url}\n产品：{base}\n按 Ctrl-C 结束。", flush=True)
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        pass
    finally:
        file.unlink(missing_ok=True)
        server.stop()


def _publish_menu(server: object) -> None:
    from desk.channels.wechat import menu as menus
    from desk.demo_wechat.server import Server

    assert isinstance(server, Server)
    server.world.create_menu({}, {"button": menus.buttons()})


def _asking(call, account: str):  # type: ignore[no-untyped-def]
    from desk.channels.wechat.client import Refused, Unreachable, client

    caller = client(account)
    if caller is None:
        _fail("这个公众号没有配置：要有 AFTERCARE_WECHAT_APPID、SECRET、TOKEN 和 AES_KEY，见 docs/wechat.md")
    try:
        return call(caller)
    except Refused as refused:
        from desk.channels.wechat.alarms import ADVICE

        _fail(f"微信报错 {refused.code}：{ADVICE.get(refused.code, refused.message).format(ip='（见公众平台提示）')}")
    except Unreachable as problem:
        _fail(f"连不上微信接口：{problem}")


def _fail(words: str) -> None:
    typer.echo(words, err=True)
    raise typer.Exit(1)
