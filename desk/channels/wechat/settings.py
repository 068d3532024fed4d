"""Settings of the WeChat accounts: AFTERCARE_WECHAT_*."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

from desk.settings import settings as desk_settings

DEMO = "demo"


class Account(BaseModel):
    """One Official Account, as its page at mp.weixin.qq.com shows it.

    `mode` is the 消息加解密方式. `verified` (已认证) decides how answers go: by customer-service message at any time,
    or only inside the reply to a push. `deliveries` is how often WeChat delivers a push that gets no answer.
    `base_url`: another address of the API; empty for the one that all accounts share.
    `templates` maps what is told (ticket_status, …) to {"kind": template|subscribe, "id": …, field: blank, …}.
    """

    appid: str = ""
    secret: str = ""
    token: str = ""
    aes_key: str = ""
    aes_key_previous: str = ""
    mode: Literal["plain", "compatible", "safe"] = "safe"
    verified: bool = False
    original_id: str = ""
    buttons: Literal["menu", "numbers"] = "menu"
    typing: bool = True
    deliveries: int = 3
    templates: dict[str, dict[str, str]] = {}
    base_url: str = ""

    @property
    def receives(self) -> bool:
        """Whether enough is known to take pushes."""
        return bool(self.token and (self.mode == "plain" or (self.aes_key and self.appid)))

    @property
    def sends(self) -> bool:
        """Whether enough is known to call WeChat."""
        return bool(self.appid and self.secret)


class Settings(BaseSettings, Account):
    """The default account's fields, further ones by name in `accounts` (JSON), and what all share.

    `privacy_notice` off: the company has told its followers by other means what is stored.
    """

    model_config = SettingsConfigDict(env_prefix="AFTERCARE_WECHAT_", extra="ignore")

    accounts: dict[str, Account] = {}
    base_url: str = "https://api.weixin.qq.com"
    qr_url: str = "https://mp.weixin.qq.com"
    settle: float = 1.2
    privacy_url: str = ""
    privacy_notice: bool = True
    picture_hosts: list[str] = ["mmbiz.qpic.cn", "mmsns.qpic.cn", "wx.qlogo.cn"]
    fresh_seconds: float = 300.0
    passive_seconds: float = 4.5


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()


def account(name: str) -> Account | None:
    """The account served at /wechat/{name} ("" is the default one); None when it is not set up."""
    found: Account | None = settings() if name == "" else settings().accounts.get(name)
    if found is None and name == DEMO:
        found = _demo()
    return found if found is not None and found.receives else None


def names() -> list[str]:
    """Every account that is set up."""
    return [name for name in ("", *settings().accounts) if account(name) is not None]


def demo_file() -> Path:
    """Where `aftercare demo wechat` writes its account while it runs."""
    return desk_settings().data_dir / "wechat-demo.json"


def _demo() -> Account | None:
    if not desk_settings().demo:
        return None
    try:
        return Account.model_validate_json(demo_file().read_text("utf-8"))
    except (OSError, ValueError):
        return None
