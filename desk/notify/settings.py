"""Settings of the ways to colleagues: AFTERCARE_NOTIFY_*."""

from functools import cache
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every way is off until its address is given.

    `wecom_robot`, `dingtalk_robot`: the webhook address of a group's robot; `dingtalk_secret` its 加签 secret.
    `webhook_url`, `sms_url`: a service of your own, signed with `webhook_secret`, `sms_secret`.
    `ringer`: "module:function" that rings a telephone, see desk.notify.voice.
    """

    model_config = SettingsConfigDict(env_prefix="AFTERCARE_NOTIFY_", extra="ignore")

    wecom_robot: str = ""
    dingtalk_robot: str = ""
    dingtalk_secret: str = ""
    webhook_url: str = ""
    webhook_secret: str = ""
    sms_url: str = ""
    sms_secret: str = ""
    smtp_host: str = ""
    smtp_port: int = 465
    smtp_security: Literal["ssl", "starttls", "none"] = "ssl"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = ""
    ringer: str = ""


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
