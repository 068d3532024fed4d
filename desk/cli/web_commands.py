"""Commands for the chat window on the website."""

from typing import Annotated

import typer

from desk.cli.session import ready

web_app = typer.Typer(help="网站聊天窗口", no_args_is_help=True)


@web_app.command("key")
def key() -> None:
    """显示给已登录客户签名用的密钥（只放在自己网站的服务器上，见 docs/widget.md）。"""
    from desk.cases import signing_keys

    ready()
    print(signing_keys.key(signing_keys.CUSTOMERS).decode())


@web_app.command("photos")
def photos(adopt: Annotated[bool, typer.Option(help="照片目录搬了家或从备份恢复后，认领它")] = False) -> None:
    """检查照片目录是不是各进程共用的那一个。"""
    from desk.cases import photo_folder
    from desk.cases.photos import folder

    ready()
    if adopt:
        photo_folder.adopt()
    if not photo_folder.is_ours():
        print(f"{folder()}：{photo_folder.ADVICE}")
        raise typer.Exit(1)
    print(f"{folder()}：正常")
