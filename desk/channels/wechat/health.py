"""What an operator should know of the WeChat accounts, one line each."""

from desk.channels.wechat import alarms, settings
from desk.channels.wechat.client import Refused, Unreachable, client


def lines(*, ask: bool = True) -> list[tuple[bool, str]]:
    """(good, what) for every account that is set up; with `ask` WeChat itself is asked for a token."""
    found = [line for name in settings.names() for line in _account(name, ask)]
    return found or [(True, "微信公众号：没有配置（要接公众号见 docs/wechat.md）")]


def _account(name: str, ask: bool) -> list[tuple[bool, str]]:
    account = settings.account(name)
    assert account is not None
    title = f"微信公众号 {name or '（默认）'}"
    how = "已认证，客服消息回复" if account.verified else "未认证，五秒内被动回复"
    told = [(True, f"{title}：{account.mode} 模式，{how}")]
    if account.mode == "plain":
        told.append((False, f"{title}：明文模式，建议在公众平台改成安全模式并设 AFTERCARE_WECHAT_MODE=safe"))
    caller = client(name)
    if account.verified and caller is None:
        told.append((False, f"{title}：没有 AppSecret，发不出消息"))
    if ask and caller is not None:
        try:
            caller.token()
            told.append((True, f"{title}：access_token 正常"))
        except Refused as refused:
            told.append((False, f"{title}：拿不到 access_token（{refused.code}）"))
        except Unreachable as problem:
            told.append((False, f"{title}：连不上微信接口（{problem}）"))
    alarm = alarms.current(name)
    return [*told, *([(False, f"{title}：{alarm}")] if alarm else [])]


def summary() -> tuple[bool | None, str]:
    """All lines as one finding of `aftercare doctor`: None when no account is set up."""
    if not settings.names():
        return None, "没有配置公众号（要接见 docs/wechat.md）"
    told = lines()
    bad = [line for good, line in told if not good]
    return not bad, "；".join(bad or [line for _, line in told])
