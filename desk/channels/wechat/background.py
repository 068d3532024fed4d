"""What may happen a moment later, beside the acknowledgement: 对方正在输入, and fetching pictures."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from desk import time
from desk.cases.followups import reach
from desk.channels.wechat import inbound, media, notices, people, progress, sending, settings
from desk.channels.wechat.client import Refused, Unreachable, client
from desk.records import db
from desk.talk import senders

SWEEP_EVERY = 3.0
TIDY_EVERY = 3600.0
# Under load answers matter more than the hint that one comes.
_MOST_WAITING = 4

log = logging.getLogger(__name__)


class Background:
    """Two threads for small calls, one that looks for what was left: pictures to fetch, answers that have arrived."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="wechat")
        self._waiting = threading.Semaphore(_MOST_WAITING)
        self._stop = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep, name="wechat-sweep", daemon=True)
        self._sweeper.start()

    def typing(self, account: str, openid: str) -> None:
        if not self._waiting.acquire(blocking=False):
            return
        self._pool.submit(self._typing, account, openid)

    def stop(self) -> None:
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._sweeper.join()

    def _typing(self, account: str, openid: str) -> None:
        try:
            caller = client(account)
            if caller is not None and _bot_answers(account, openid):
                caller.typing(openid)
        except (Refused, Unreachable) as error:
            log.info("wechat_typing_refused", extra={"account": account, "why": str(error)[:80]})
        except Exception:
            log.exception("wechat_typing_failed")
        finally:
            self._waiting.release()

    def _sweep(self) -> None:
        tidied = -TIDY_EVERY
        while not self._stop.wait(SWEEP_EVERY):
            try:
                media.fetch_due()
                progress.let_go()
                if time.monotonic() - tidied >= TIDY_EVERY:
                    tidied = time.monotonic()
                    inbound.forget_old()
            except Exception:
                log.exception("wechat_sweep_failed")


def _bot_answers(account: str, openid: str) -> bool:
    with db.reading() as session:
        conversation = people.find_conversation(session, account, openid)
        return conversation is not None and conversation.state == "bot"


_running: Background | None = None


def start() -> None:
    """Let the outbox send on WeChat, and begin the work beside it. Call it once, when the engine has started."""
    global _running
    if _running is None:
        speak()
        _running = Background()


def speak() -> None:
    """Let this process write to followers, without the work beside it: what the clock needs."""
    senders.register(people.CHANNEL, sending.deliver)
    reach.register(people.CHANNEL, notices.tell)


def stop() -> None:
    """End what `start` began."""
    global _running
    if _running is not None:
        senders.unregister(people.CHANNEL)
        _running.stop()
        _running = None


def typing(account: str, openid: str) -> None:
    """Show the customer that an answer is being written, if the account may and the assistant has the conversation."""
    found = settings.account(account)
    if _running is not None and found is not None and found.typing:
        _running.typing(account, openid)
