"""Following and leaving the account."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import privacy_notice
from desk.channels.wechat import people, scans
from desk.channels.wechat.messages import Push
from desk.channels.wechat.settings import settings as wechat_settings
from desk.records.models import Conversation, Outbound
from desk.settings import settings
from desk.talk import saying
from desk.talk.outbox import UNSENT


def followed(session: Session, account: str, push: Push) -> Conversation:
    """Greet, tell what happens with personal data, offer the menu; a code that was scanned names the device."""
    follower = people.user(session, account, push.openid)
    again = follower.followed_at is not None
    follower.follows, follower.followed_at, follower.left_at = True, time.now(), None
    follower.notices_off = False
    conversation = people.conversation(session, account, push.openid)
    serial = scans.serial_of(push.text("EventKey").removeprefix("qrscene_"))
    if conversation.state in ("bot", "closed"):
        buttons = None if serial else [dict(button) for button in texts.data("small.menu")]
        saying.say(session, conversation, "bot", _greeting(again), buttons=buttons)
        if not again:
            privacy_notice.note_told(session, conversation.id)
    if serial:
        scans.offer(session, conversation, serial)
    return conversation


def left(session: Session, account: str, push: Push) -> None:
    """Nothing more is sent to who does not follow any longer."""
    follower = people.user(session, account, push.openid)
    follower.follows, follower.left_at, follower.notices_off = False, time.now(), True
    conversation = people.find_conversation(session, account, push.openid)
    if conversation is None:
        return
    for waiting in session.scalars(
        select(Outbound).where(Outbound.conversation_id == conversation.id, Outbound.state.in_(UNSENT))
    ):
        waiting.state, waiting.error = "failed", "客户已取消关注"


def _greeting(again: bool) -> str:
    if again:
        return texts.render("wechat.welcome_back", people.CHANNEL)
    url = wechat_settings().privacy_url
    privacy = texts.render("wechat.privacy_link", url=url) if url else texts.render("wechat.privacy")
    named = settings()
    return texts.render(
        "wechat.greeting", people.CHANNEL, company=named.company, bot=named.brand_name, privacy=privacy
    )
