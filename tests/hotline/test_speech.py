"""Ears, mouth, and what is said: numbers in groups, nothing for the eye."""

import asyncio
import io
import threading
import wave
from array import array
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from desk import texts
from desk.channels.hotline import spoken
from desk.channels.hotline.speech import hotwords, prompts, sound
from desk.channels.hotline.speech.ears import Deaf
from desk.channels.hotline.speech.funasr import FunAsr
from desk.channels.hotline.speech.mouth import HttpVoice, Mouth, Mute
from desk.channels.hotline.vad import START_FRAMES, Ear
from tests.fakes import speech


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("您的号码是13800001234", "您的号码是幺三八，零零零零，幺二三四。"),
        ("登记好了，工单号 TK20261121-0007。", "登记好了，工单号二零二六，幺幺二幺，零零零七。"),
        ("登记好了（TK20261121-0007），排在最前", "登记好了，工单号二零二六，幺幺二幺，零零零七，排在最前。"),
        ("保到2027年6月1日", "保到二零二七年六月一日。"),
        ("已经过了，需要付费维修。修之前先报价，您同意了再修。", "已经过了，需要付费维修。"),
        ("12月25号上门", "十二月二十五号上门。"),
        ("明天 09:30 前联系您", "明天上午九点半前联系您。"),
        ("营业时间 9:00–18:00", "营业时间上午九点到晚上六点。"),
        ("约在 14:00", "约在下午两点。"),
        ("马上打 119、110 或 120", "马上打幺幺九、幺幺零或幺二零。"),
        ("尾号 1234 的号码", "尾号幺二三四的号码。"),
        ("号码 138****2020", "号码尾号二零二零。"),
        ("电话 400-800-1234", "电话四零零，八零零，幺二三四。"),
        ("上门、送店、寄修、取件都行", "上门、送店、寄修等。"),
        ("回复“转人工”就行", "说转人工就行。"),
        ("详情看 https://a.example/x?y=1", "详情看。"),
        ("可以选：是，也可以点下面的按钮", "可以选：是。"),
        ("试试（洗滤网）：\n1. 关机\n2. 取下\n3. 冲洗\n4. 晾干", "试试，洗滤网：第一，关机。第二，取下。第三，冲洗。"),
        ("序列号 FD0112-004417", "序列号 F D 零幺幺二杠零零，四四幺七。"),
    ],
)
def test_written_becomes_spoken(written: str, heard: str) -> None:
    assert spoken.of(written) == heard


def test_a_list_that_keys_name_is_not_read_twice() -> None:
    slots = ("明天上午", "后天下午")
    assert spoken.without_list("最近有空：明天上午、后天下午。哪个方便？", slots) == "最近有空。哪个方便？"
    assert spoken.without_list("您看哪天方便？", slots) == "您看哪天方便？"
    assert spoken.of("14:30–16:30 上门") == "下午两点半到四点半上门。"


def test_steps_are_counted_through_and_three_at_most() -> None:
    steps = ["先试试，不制冷：", "1. 看模式", "2. 洗滤网", "3. 看外机", "4. 再开机", "好了说一声"]
    told = ["先试试，不制冷。", "第一，看模式。", "第二，洗滤网。", "第三，看外机。", "好了说一声。"]
    assert spoken.lines(steps) == told


def test_a_number_is_read_in_groups() -> None:
    assert spoken.number("13912345678") == "幺三九，幺二三四，五六七八"
    assert spoken.number("004417") == "零零，四四幺七"
    assert spoken.number("4008001234") == "四零零，八零零，幺二三四"


def test_every_text_of_the_hotline_can_be_read_aloud() -> None:
    for text in prompts.fixed():
        assert not set(text) & set("“”/<>[]{}*#_") and "http" not in text, text
        assert len(text) <= 110, text


def test_texts_for_the_ear_exist_in_writing_too() -> None:
    for key in texts.catalogue():
        if key.startswith("ear."):
            assert texts.has(key.removeprefix("ear.")), key


@pytest.mark.parametrize("mode", ["offline", "2pass"])
def test_the_recogniser_hears_by_its_protocol(mode: str) -> None:
    async def play() -> None:
        async with speech.recogniser() as server:
            hearing = FunAsr(server.url, mode, 3.0, {"漏气": 40}).listen()
            pcm = speech.spoken("我家空调不制冷")
            for at in range(0, len(pcm), 320):
                hearing.feed(pcm[at : at + 320])
            heard = await hearing.result()
            assert heard.text == "我家空调不制冷"
            assert server.openings[0]["hotwords"] == '{"漏气": 40}' and server.openings[0]["mode"] == mode

    asyncio.run(play())


def test_a_recogniser_that_is_not_there_or_does_not_answer() -> None:
    async def play() -> None:
        with pytest.raises(Deaf):
            await FunAsr("ws://127.0.0.1:9", "offline", 1.0, {}).listen().result()
        async with speech.recogniser() as server:
            server.stuck = True
            hearing = FunAsr(server.url, "offline", 0.3, {}).listen()
            hearing.feed(speech.spoken("喂"))
            with pytest.raises(Deaf):
                await hearing.result()
            dropped = FunAsr(server.url, "offline", 0.3, {}).listen()
            dropped.drop()

    asyncio.run(play())


def test_fixed_prompts_are_rendered_once_and_outlive_the_service(tmp_path: Path) -> None:
    async def play(server: speech.Synthesis) -> None:
        with ThreadPoolExecutor(4) as pool:
            voice = HttpVoice(server.url, "甲", 8000, 2.0)
            mouth = Mouth(voice, tmp_path, pool, 2.0)
            sounds = await asyncio.gather(*(mouth.sound("您好", fixed=True) for _ in range(8)))
            assert {speech.words(pcm) for pcm in sounds} == {"您好"} and server.said == ["您好"]
            assert speech.words(await mouth.sound("只这一次")) == "只这一次"
            assert len(list(tmp_path.glob("*.wav"))) == 1
            server.broken = True
            later = Mouth(voice, tmp_path, pool, 2.0)
            assert speech.words(await later.sound("您好", fixed=True)) == "您好"
            with pytest.raises(Mute):
                await later.sound("别的")
            assert await later.prepare(["您好", "没有的"]) == ["没有的"]

    with speech.synthesis() as server:
        asyncio.run(play(server))


def test_a_voice_may_answer_with_a_wave_file_of_any_rate() -> None:
    body = io.BytesIO()
    with wave.open(body, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24000)
        file.writeframes(array("h", [300, 600, 900] * 80).tobytes())

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body.getvalue())))
            self.end_headers()
            self.wfile.write(body.getvalue())

        def log_message(self, *args: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        pcm = HttpVoice(f"http://127.0.0.1:{server.server_address[1]}", "甲", 8000, 2.0).speak("您好")
        thread.join()
    assert array("h", pcm).tolist() == [600] * 80


def test_sound_of_22050_keeps_its_length() -> None:
    assert abs(sound.seconds(sound.at_rate(bytes(2 * 22050), 22050)) - 1.0) < 0.001


def test_speech_begins_after_some_frames_and_keeps_what_came_before() -> None:
    ear, loud, soft = Ear(), speech.spoken("啊" * 20), bytes(320)
    assert all(ear.hear(soft) == b"" for _ in range(50))
    frames = [loud[at : at + 320] for at in range(0, len(loud), 320)]
    heard = [ear.hear(frame) for frame in frames]
    assert not any(heard[: START_FRAMES - 1]) and len(heard[START_FRAMES - 1]) > START_FRAMES * 320
    assert ear.speaking and ear.quiet_for() < 1.0


def test_steady_noise_is_no_speech() -> None:
    ear = Ear()
    for level in range(10, 200, 2):
        ear.hear(array("h", [level, -level] * 80).tobytes())
    assert not ear.speaking


def test_hot_words_come_from_the_companys_own_tables(clean_database: str) -> None:
    words = hotwords.all_words()
    assert words["漏气"] > words["不制冷"] > 0 and "空调" in words and "转人工" in words
    assert len(words) <= hotwords.MOST
