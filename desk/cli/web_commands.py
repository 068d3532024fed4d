"""Commands for the chat window on the website."""

import typer

from desk.cli.session import ready

web_app = typer.Typer(help="网站聊天窗口", no_args_is_help=True)


@web_app.callback()
def _several() -> None:
    """Keep `web key` a command of its own while it is the only one."""


@web_app.command("key")
def key() -> None:
    """显示给已登录客户签名用的密钥（只放在自己网站的服务器上，见 docs/widget.md）。"""
    from desk.cases import signing_keys

    ready()
    print(signing_keys.key(signing_keys.CUSTOMERS).decode())
