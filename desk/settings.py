"""Settings: AFTERCARE_* in the environment, and PORT."""

from functools import cache
from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def home() -> Path:
    """The checkout when running from a source tree, else the current folder: where `var/` is kept by default."""
    tree = Path(__file__).resolve().parent.parent
    return tree if (tree / "pyproject.toml").is_file() else Path.cwd()


PROJECT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """What one run of the product is told from outside. Defaults are the embedded, one-machine ones."""

    model_config = SettingsConfigDict(env_prefix="AFTERCARE_", extra="ignore")

    data_dir: Path = Field(default_factory=lambda: home() / "var")
    database_url: str | None = None
    port: int = Field(8080, validation_alias=AliasChoices("PORT", "AFTERCARE_PORT"))
    host: str = "127.0.0.1"
    rasa_port: int = 5005
    rasa_urls: list[str] = []
    rasa_token: str = ""
    actions_port: int = 5055
    api_key: str = ""
    demo: bool = True
    company: str = "示范电器"
    brand_name: str = "小修"
    timezone: str = "Asia/Shanghai"
    policy_dir: Path | None = None
    rasa_timeout: float = 3.5
    down_to_human_after: float = 120.0
    widget_origins: list[str] = []
    trusted_proxies: list[str] = []
    public_url: str = ""
    queue_alert_after: float = 180.0
    quiet_from: str = "21:00"
    quiet_to: str = "09:00"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the service database."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'aftercare.db').absolute()}"

    @property
    def base_url(self) -> str:
        """Where people outside reach desk, without a slash at its end: what links in messages begin with."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def rasa(self) -> list[str]:
        """Base addresses of the Rasa servers; a conversation always goes to the same one."""
        return self.rasa_urls or [f"http://127.0.0.1:{self.rasa_port}"]

    @property
    def embedded(self) -> bool:
        """Whether everything but Rasa runs in one process on SQLite."""
        return self.database.startswith("sqlite")


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
