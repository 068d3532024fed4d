"""Codes that name a device: our own scene codes (sn_<serial>), and the bar code on a nameplate."""

from sqlalchemy.orm import Session

from desk import texts, time
from desk.channels.wechat import people
from desk.channels.wechat.messages import Push
from desk.language import nameplates
from desk.records.models import Conversation, DialogueState
from desk.talk import saying

SCENE = "sn_"


def scene_of(serial: str) -> str:
    """The scene of a code for `serial`. Raises ValueError when it does not fit."""
    if not nameplates.is_serial(serial):
        raise ValueError(f"序列号“{serial}”不能做成二维码：只能用字母、数字和 . _ / -，3 到 60 个")
    return SCENE + serial


def serial_of(scene: str) -> str | None:
    """The serial number that a scene carries."""
    serial = scene.removeprefix(SCENE)
    return serial if scene.startswith(SCENE) and nameplates.is_serial(serial) else None


def scanned(session: Session, account: str, push: Push) -> Conversation | None:
    """A follower scanned one of our codes."""
    people.user(session, account, push.openid)
    serial = serial_of(push.text("EventKey").removeprefix("qrscene_"))
    if serial is None:
        return None
    return offer(session, people.conversation(session, account, push.openid), serial)


def nameplate(session: Session, account: str, push: Push) -> Conversation:
    """A follower scanned a nameplate by way of the menu."""
    people.user(session, account, push.openid)
    conversation = people.conversation(session, account, push.openid)
    info = push.fields.get("ScanCodeInfo")
    serial = nameplates.serial(str(info.get("ScanResult", ""))) if isinstance(info, dict) else None
    if serial is not None:
        return offer(session, conversation, serial)
    if conversation.state in ("bot", "closed"):
        saying.say(session, conversation, "system", texts.render("wechat.scanned_nothing", people.CHANNEL))
    return conversation


def offer(session: Session, conversation: Conversation, serial: str) -> Conversation:
    """Keep the serial for the dialogue, and ask what to do for that device; a person who handles it is told."""
    memory = session.get(DialogueState, conversation.id, with_for_update=True)
    if memory is None:
        memory = DialogueState(conversation_id=conversation.id, data={}, updated_at=time.now())
        session.add(memory)
    memory.data, memory.updated_at = {**memory.data, "scanned_serial": serial}, time.now()
    if conversation.state not in ("bot", "closed"):
        saying.say(session, conversation, "note", texts.render("wechat.stored.scan", serial=serial))
        return conversation
    wishes = [texts.data(f"wechat.{name}") for name in ("scanned_fault", "scanned_warranty")]
    buttons = [{"title": wish["title"], "payload": wish["says"].format(serial=serial)} for wish in wishes]
    line = texts.render("wechat.scanned", people.CHANNEL, serial=serial)
    saying.say(session, conversation, "bot", line, buttons=buttons)
    return conversation
