"""When an utterance ends, and how soon the caller hears something."""

import asyncio

import pytest

from desk.channels.hotline.endpoint import quiet_needed
from desk.channels.hotline.listening import Listener
from desk.channels.hotline.settings import settings
from desk.channels.hotline.speech import prompts
from desk.channels.hotline.speech.funasr import FunAsr
from desk.channels.hotline.steps import Expected, Failed, Heard
from desk.settings import settings as desk_settings
from tests.fakes import speech
from tests.fakes.rasa_server import Said
from tests.hotline.conftest import Night, Play, dialogue


@pytest.mark.parametrize(
    ("text", "expects", "wait"),
    [
        ("一三八零零零零一二三四", "phone", "shortest_pause"),
        ("一三八零零零零", "phone", "longest_pause"),
        ("13800001234", "phone", "shortest_pause"),
        ("就这个号", "phone", "shortest_pause"),
        ("用别的号码", "phone", "end_of_speech"),
        ("对", "choice", "shortest_pause"),
        ("不是", "choice", "shortest_pause"),
        ("我家空调不制冷", "anything", "end_of_speech"),
        ("我家空调不制冷然后", "anything", "longest_pause"),
        ("厨房着火了", "anything", "shortest_pause"),
        ("转人工", "anything", "shortest_pause"),
        ("FD零幺幺二", "code", "longest_pause"),
        (None, "anything", "end_of_speech"),
        (None, "phone", "longest_pause"),
    ],
)
def test_how_long_a_silence_ends_an_utterance(text: str | None, expects: Expected, wait: str) -> None:
    assert quiet_needed(text, expects) == getattr(settings(), wait)


def _frames(text: str) -> list[bytes]:
    pcm = speech.spoken(text)
    return [pcm[at : at + 320] for at in range(0, len(pcm), 320)]


def test_what_was_said_in_pieces_is_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number spoken with a pause is waited for; each piece is made out while the caller goes on."""

    async def play() -> None:
        async with speech.recogniser() as server:
            listener = Listener(FunAsr(server.url, "offline", 2.0, {}))
            for frame in _frames("一三八零零零零零零零"):
                listener.hear(frame)
            await asyncio.sleep(settings().end_of_speech)
            assert not listener.finished("phone")
            await asyncio.sleep(0.1)
            for frame in _frames("一二三四五六七八九零"):
                listener.hear(frame)
            assert await listener.words() == Heard("一三八零零零零零零零一二三四五六七八九零")
            assert len(server.openings) == 2 and not listener.spoken
            server.dead = True
            for frame in _frames("我家空调不制冷啊啊啊"):
                listener.hear(frame)
            assert await listener.words() == Failed("asr")

    asyncio.run(play())


def test_safety_is_spoken_while_the_assistant_is_slow(hotline: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_RASA_TIMEOUT", "5")

    def slow(turn: dict[str, object]) -> Said:
        said = dialogue(turn)
        said.seconds = 3.0
        return said

    async def scenario(night: Night) -> None:
        night.rasa.script = slow
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.says("我家厨房有煤气味")
        frames = caller.frames
        await caller.hears("先保证安全")
        assert caller.frames - frames < 100  # two seconds: before the assistant can have answered
        await caller.hears("具体地址")
        await caller.hangs_up()

    desk_settings.cache_clear()
    hotline(scenario)


def test_the_safety_text_is_heard_by_who_hangs_up_and_the_ticket_is_there(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.says("我家厨房有煤气味")
        await caller.hears("先保证安全")
        await caller.hangs_up()
        assert [ticket.severity for ticket in night.tickets()] == ["A"]

    hotline(scenario)


def test_a_question_asked_in_vain_ends_with_a_person(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.says("查进度")
        await caller.hears("报修时留的手机号")
        for _ in range(3):
            await caller.quiet()
            await caller.says("就是上次那个")
        await caller.hears("人工客服")
        await caller.hangs_up()

    hotline(scenario)


def test_long_answers_are_spoken_in_sentences() -> None:
    text = "好的。您的空调还在保修期内，保到二零二七年六月一日。请说一下联系电话。"
    assert prompts.sentences(text) == ["好的。您的空调还在保修期内，保到二零二七年六月一日。", "请说一下联系电话。"]
    assert "".join(prompts.sentences("没有标点")) == "没有标点"
    assert not any(set(sentence) & set("{}") for sentence in prompts.standing())
