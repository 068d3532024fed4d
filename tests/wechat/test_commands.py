"""The command line for WeChat, and the WeChat that comes with it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from typer.testing import CliRunner

from desk.channels.wechat import health, menu, settings
from desk.cli.main import app
from tests.wechat.conftest import Start, eventually
from tests.wechat.test_faults import free_port

runner = CliRunner()


def test_the_menu_is_published_as_the_catalogue_has_it(start: Start) -> None:
    desk = start()
    result = runner.invoke(app, ["wechat", "menu"])
    assert result.exit_code == 0, result.output
    assert desk.world.menu == menu.buttons()
    assert [button["name"] for button in desk.world.menu] == ["我要报修", "查询", "转人工"]
    shown = runner.invoke(app, ["wechat", "menu", "--show"])
    assert json.loads(shown.output) == menu.buttons()


def test_codes_for_devices(start: Start, tmp_path: Path) -> None:
    desk = start()
    result = runner.invoke(app, ["wechat", "qr", "KFR-1", "KFR-2", "--out", str(tmp_path / "codes.csv")])
    assert result.exit_code == 0, result.output
    rows = (tmp_path / "codes.csv").read_text("utf-8-sig").splitlines()
    assert rows[0] == "序列号,二维码内容,图片地址"
    assert [row.split(",")[0] for row in rows[1:]] == ["KFR-1", "KFR-2"]
    assert set(desk.world.scenes.values()) == {"sn_KFR-1", "sn_KFR-2"}
    assert desk.world.permanent_codes == 2


@pytest.mark.parametrize("wrong", [["KFR 1"], ["x"], ["KFR-1", "--days", "31"]])
def test_a_serial_that_does_not_fit(start: Start, wrong: list[str]) -> None:
    desk = start()
    assert runner.invoke(app, ["wechat", "qr", *wrong]).exit_code == 1
    assert desk.world.scenes == {}


def test_a_refusal_is_explained(start: Start) -> None:
    desk = start()
    desk.world.allowed_ips = set()
    result = runner.invoke(app, ["wechat", "menu"])
    assert result.exit_code == 1 and "白名单" in result.output
    checked = runner.invoke(app, ["wechat", "check"])
    assert checked.exit_code == 1 and "127.0.0.1" in checked.output


def test_check_finds_all_well(start: Start) -> None:
    start()
    checked = runner.invoke(app, ["wechat", "check"])
    assert checked.exit_code == 0 and "access_token 正常" in checked.output
    assert all(good for good, _ in health.lines())
    assert health.summary()[0] is True


def test_without_an_account(clean_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.settings.cache_clear()
    assert "没有配置" in health.lines()[0][1]
    assert health.summary()[0] is None
    result = runner.invoke(app, ["wechat", "menu"])
    assert result.exit_code == 1 and "没有配置" in result.output


def test_the_demo_runs_beside_the_product(start: Start, tmp_path: Path) -> None:
    desk = start()
    port = free_port()
    start_it = "from desk.cli.main import app; app()"
    command = [sys.executable, "-c", start_it, "demo", "wechat", "--port", str(port), "--product", desk.url]
    with subprocess.Popen(command, env=os.environ | {"AFTERCARE_DATA_DIR": str(tmp_path)}, text=True) as demo:
        try:
            base = f"http://127.0.0.1:{port}"
            eventually(lambda: _up(base), 40)
            assert "演示用的微信" in requests.get(base, timeout=5).text
            phone = requests.post(f"{base}/phone/new", json={"name": "李女士"}, timeout=5).json()["openid"]
            do = {"openid": phone, "act": "follow"}
            assert requests.post(f"{base}/phone/do", json=do, timeout=5).status_code == 200
            eventually(lambda: "智能助手" in str(_screen(base, phone)), 20)
            requests.post(f"{base}/phone/do", json={"openid": phone, "act": "text", "text": "空调不制冷"}, timeout=5)
            eventually(lambda: "收到：空调不制冷" in str(_screen(base, phone)), 20)
            assert len(requests.get(f"{base}/phones", timeout=5).json()["menu"]) == 3
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(30)
    assert not settings.demo_file().exists()


def _up(base: str) -> bool:
    try:
        return requests.get(f"{base}/phones", timeout=1).json()["menu"] != [] and settings.demo_file().exists()
    except requests.RequestException:
        return False


def _screen(base: str, phone: str) -> object:
    return requests.get(f"{base}/phone/screen", params={"openid": phone}, timeout=5).json()
