"""Pushes that overtook each other: a burst is read in the order in which it was written."""

import threading

from desk.records import db
from desk.records.models import Turn
from tests.fakes.wechat import sample_picture
from tests.wechat.conftest import Desk, Start, eventually, lines
from tests.wechat.test_client import ready
from tests.wechat.test_webhook import post, text


def written(desk: Desk) -> list[str]:
    return [line.text for line in lines() if line.author == "customer"]


def test_a_burst_that_arrives_in_disorder(start_on_each: Start) -> None:
    desk = start_on_each(settle=1.0)
    ready(desk)
    for number, words in ((3, "怎么办"), (1, "空调"), (2, "不制冷了")):
        assert post(desk, text(words, number)).status_code == 200
    desk.settle()
    assert desk.rasa.texts() == ["空调\n不制冷了\n怎么办"]
    assert written(desk) == ["空调", "不制冷了", "怎么办"]
    assert [line.seq for line in lines()] == [1, 2, 3, 4]


def test_a_burst_that_arrives_at_the_same_moment(start_on_each: Start) -> None:
    desk = start_on_each(settle=1.0)
    ready(desk)
    threads = [threading.Thread(target=post, args=(desk, text(f"第{n}句", n))) for n in (4, 2, 5, 1, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.settle()
    assert written(desk) == [f"第{n}句" for n in range(1, 6)]
    assert "\n".join(desk.rasa.texts()) == "\n".join(written(desk))


def test_what_the_assistant_was_asked_already_stays(start: Start) -> None:
    desk = start(settle=0.0)
    ready(desk)
    post(desk, text("后写的", 9))
    eventually(lambda: desk.rasa.texts() == ["后写的"])
    post(desk, text("先写的", 8))
    desk.settle()
    assert desk.rasa.texts() == written(desk) == ["后写的", "先写的"]


def test_a_picture_between_words_keeps_its_file(start: Start) -> None:
    desk = start(settle=1.0)
    desk.world.picture("oA", sample_picture())
    desk.world.pushes.wait()
    post(desk, text("这是铭牌", 1))
    desk.settle()
    first, second = [line for line in lines() if line.author == "customer"]
    assert first.text == "这是铭牌" and not first.attachments
    assert second.attachments and second.attachments[0]["media_id"]
    with db.reading() as session:
        assert session.query(Turn).one().text == f"{first.text}\n{second.text}"
