"""Who is on call is rung through the exchange: key 1 takes the alarm, a machine that answers does not."""

import asyncio
from pathlib import Path

import pytest

from desk import time
from desk.cases import oncall
from desk.channels.hotline import ringing
from desk.channels.hotline.settings import settings
from desk.notify.voice import Callee, Ringing
from desk.records import db
from desk.records.models import Alarm, Conversation, OncallPerson
from tests.hotline.conftest import Night, Play


def alarm() -> tuple[int, int]:
    """A gas alarm, and 老周 who is on call: their ids."""
    with db.transaction() as session:
        person = OncallPerson(name="老周", phone="13600000001")
        talk = Conversation(id="cv-gas", channel="phone", sender="gas", created_at=time.now())
        session.add_all([person, talk])
        session.flush()
        raised = oncall.raise_alarm(session, "gas", "厨房有煤气味，电话13800001234", conversation_id=talk.id)
        session.flush()
        return raised.id, person.id


def state() -> str:
    with db.reading() as session:
        return session.query(Alarm).one().state


async def rung(night: Night, alarm_id: int, person_id: int):  # type: ignore[no-untyped-def]
    begun = await night.exchange.agi("ring", str(alarm_id), str(person_id))
    return await night.exchange.connect(begun.variables["AFTERCARE_UUID"])


def test_key_one_takes_the_alarm(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        first = await rung(night, *(ids := alarm()))
        heard = await first.hears("接单请按一")
        assert "漏气" in heard and "13800001234" not in heard and "幺三八" not in heard
        first.presses("5")
        await asyncio.sleep(0.2)
        assert state() == "ringing"
        first.presses("1")
        await first.hears("由您负责")
        assert await first.ends() == "hangup" and state() == "acknowledged"
        late = await rung(night, *ids)
        await late.hears("接单请按一")
        late.presses("1")
        await late.hears("已经有人接了")

    hotline(scenario)


def test_a_voicemail_of_a_mobile_never_counts(hotline: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ringing, "BETWEEN", 0.3)

    async def scenario(night: Night) -> None:
        machine = await rung(night, *alarm())
        await machine.says("您好我现在不方便接听请在提示音后留言一一一")
        await machine.ends()
        assert machine.heard.count("接单请按一") == ringing.TIMES and state() == "ringing"

    hotline(scenario)


def test_an_older_asterisk_asks_for_the_key(hotline: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_HOTLINE_KEYS", "agi")

    async def scenario(night: Night) -> None:
        ids = alarm()
        for key, expected in (("", "ringing"), ("5", "ringing"), ("1", "acknowledged")):
            called = await rung(night, *ids)
            await called.hears("接单请按一")
            assert await called.ends() == "key"
            night.exchange.digits = [key]
            await night.exchange.agi("ringkey", called.identity)
            assert state() == expected

    hotline(scenario)


def test_the_exchange_is_told_by_a_whole_call_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = tmp_path / "outgoing"
    spool.mkdir()
    monkeypatch.setenv("AFTERCARE_HOTLINE_SPOOL", str(spool))
    monkeypatch.setenv("AFTERCARE_HOTLINE_RING_CHANNEL", "PJSIP/{phone}@mobile")
    monkeypatch.setenv("AFTERCARE_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    from desk.settings import settings as desk_settings

    desk_settings.cache_clear()
    try:
        ringing.ring(Callee(3, "老周", "136-0000-0001"), Ringing(7, "alarm-7/step-1", "有紧急工单"))
        (file,) = spool.iterdir()
        assert file.suffix == ".call"
        text = file.read_text("utf-8")
        assert "Channel: PJSIP/13600000001@mobile\n" in text and "Context: aftercare-ring\n" in text
        assert "Setvar: AFTERCARE_ALARM=7\n" in text and "Setvar: AFTERCARE_PERSON=3\n" in text
        monkeypatch.delenv("AFTERCARE_HOTLINE_SPOOL")
        settings.cache_clear()
        with pytest.raises(ringing.NoExchange):
            ringing.ring(Callee(3, "老周", "13600000001"), Ringing(7, "k", ""))
    finally:
        settings.cache_clear()
        desk_settings.cache_clear()
