"""Many messages on a bad day: dropped, late, doubled, answers lost, sends refused, tokens stolen."""

import re
import threading
from random import Random

from desk.records import db
from desk.records.models import Conversation, Message, Outbound
from tests.fakes.wechat import Mischief
from tests.wechat.conftest import Desk, eventually, outbox, unanswered

SEND = "/cgi-bin/message/custom/send"
_TAG = re.compile(r"m\d+-\d+")


def run(desk: Desk, phones: int, each: int, seed: int, seconds: float) -> None:
    """`phones` customers send `each` messages; afterwards none is lost, none doubled, each conversation in order."""
    trouble = Mischief(drop=0.08, lost=0.08, double=0.08, delay=0.2, longest_delay=0.1, seed=seed)
    desk.world.pushes.sender.mischief = trouble
    sent = {f"o{number}": [f"m{number}-{n}" for n in range(each)] for number in range(phones)}
    over = threading.Event()
    saboteur = threading.Thread(target=_sabotage, args=(desk, Random(seed), over))
    saboteur.start()
    for n in range(each):
        for openid, tags in sent.items():
            desk.world.say(openid, f"空调坏了 {tags[n]}")
    desk.world.pushes.wait()
    over.set()
    saboteur.join()
    desk.world.failures.clear()
    eventually(lambda: not unanswered(), seconds)
    _until_all_is_out(desk, list(sent), seconds)
    for openid, tags in sent.items():
        _check(desk, openid, tags)


def _sabotage(desk: Desk, random: Random, over: threading.Event) -> None:
    while not over.wait(0.3):
        desk.world.fail(SEND, random.choice(["500", "drop", -1, 45011, 40001, 42001, 0.2]))
        if random.random() < 0.2:
            desk.world.tokens.steal()


def _until_all_is_out(desk: Desk, openids: list[str], seconds: float) -> None:
    """What the quota holds back comes out when the customer writes again."""
    for _ in range(6):
        eventually(lambda: not _can_go_out() and not unanswered(), seconds)
        if not outbox("held"):
            return
        for openid in openids:
            desk.world.say(openid, "还有吗")
        desk.world.pushes.wait()


def _can_go_out() -> set[str]:
    """Conversations with something to send that stands behind nothing held back."""
    with db.reading() as session:
        waiting = session.query(Outbound.conversation_id).filter(Outbound.state.in_(("pending", "held")))
        held = {name for (name,) in waiting.filter(Outbound.state == "held")}
        return {name for (name,) in waiting} - held


def _check(desk: Desk, openid: str, tags: list[str]) -> None:
    with db.reading() as session:
        conversation = session.query(Conversation).filter_by(sender=openid).one()
        rows = session.query(Message).filter_by(conversation_id=conversation.id).order_by(Message.seq).all()
    stored = [tag for row in rows if row.author == "customer" for tag in _TAG.findall(row.text)]
    assert sorted(stored) == sorted(tags), f"{openid}: lost or doubled when stored"
    asked = [tag for text in desk.rasa.texts(conversation.id) for tag in _TAG.findall(text)]
    assert asked == stored, f"{openid}: the assistant was asked out of order, or twice"
    shown = [tag for text in desk.phone(openid).texts() for tag in _TAG.findall(text)]
    missing, doubled = set(stored) - set(shown), {tag for tag in shown if shown.count(tag) > 1}
    assert not missing and not doubled, f"{openid}: missing {missing}, shown twice {doubled}"
    assert shown == stored, f"{openid}: shown out of order: {shown}"
