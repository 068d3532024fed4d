"""The call engine: what to say and ask next. It knows no transport; an adapter carries its steps out."""

import re
from collections.abc import Awaitable, Callable

from desk import texts
from desk.cases import words
from desk.cases.hotline.calls import Begun
from desk.channels.hotline import danger, keying, questions
from desk.channels.hotline.assistant import Assistant
from desk.channels.hotline.emergencies import Emergencies
from desk.channels.hotline.questions import Question, line, say
from desk.channels.hotline.records import Records
from desk.channels.hotline.settings import settings
from desk.channels.hotline.steps import (
    Event,
    Failed,
    HangUp,
    Heard,
    Nothing,
    Pressed,
    Recorded,
    Say,
    TimeUp,
    Transfer,
    WentOn,
)
from desk.channels.hotline.talk import Steps, Talk
from desk.language import yesno
from desk.settings import settings as desk_settings

PERSON, DANGER = "0", "9"
SHORTEST_MESSAGE = 0.8
_BYE = re.compile(r"再见|拜拜|没有了|没了|没事了|就这样|就这些|挂了|不用了|谢谢")


class Call:
    """One call. `begin` gives the first steps, `take` the next ones for what happened; `end` writes the outcome."""

    def __init__(self, begun: Begun, assistant: Assistant, records: Records) -> None:
        self.id = begun.call_id
        self.next = "hangup"
        self._begun, self._records = begun, records
        self._talk = Talk(begun, assistant, records)
        self._emergencies = Emergencies(self._talk)
        self._failures = 0
        self._message = Recorded(0.0)

    @staticmethod
    def notice() -> Say:
        """The recording notice, which comes before everything else and is not cut short."""
        return Say(line("notice", company=desk_settings().company), fixed=True, barge=False)

    async def begin(self) -> Steps:
        """After the notice: who we are and the hours, and the first question."""
        chosen = desk_settings()
        if self._begun.limited:
            self._talk.question = Question("limited")
            return [say("limited"), self._talk.question.gather(2.0)]
        if self._begun.people_here:
            hello = Say(line("hours_open", bot=chosen.brand_name), fixed=True, optional=True)
        else:
            opening = words.moment(self._begun.opening)
            hello = Say(line("hours_closed", bot=chosen.brand_name, opening=opening), fixed=True, optional=True)
        self._talk.free()
        return [hello, say("ask"), self._talk.wait()]

    async def take(self, event: Event) -> Steps:
        """What follows from an event."""
        handlers: dict[type, Callable[..., Awaitable[Steps]]] = {
            Heard: self._heard, Pressed: self._pressed, Nothing: self._nothing, Failed: self._failed,
            Recorded: self._recorded, TimeUp: self._time_up, WentOn: self._went_on,
        }
        steps = await handlers[type(event)](event)
        last = steps[-1]
        self.next = last.to if isinstance(last, Transfer) else "hangup"
        return steps

    async def end(self, recording: str | None = None, broken: bool = False) -> str | None:
        """The call is over, by whichever side; `broken`: by a failure of ours. The outcome."""
        if broken:
            self.next = "oncall"
            self._talk.journal.note("failed", "call")
        await self._emergencies.left_open()
        await self._talk.journal.settled()
        return await self._records.end(self.id, self.next, self._talk.done, recording)

    def spoke(self, text: str) -> None:
        """The adapter has said this."""
        self._talk.journal.said(text)

    def held(self) -> dict[str, object]:
        """What there is to keep of this call, should the records not take it."""
        return {
            "heard": self._talk.journal.heard, "danger": self._talk.danger, "done": self._talk.done,
            "next": self.next, "file": self._message.file, "seconds": self._message.seconds,
        }

    async def _heard(self, event: Heard) -> Steps:
        text = event.text.strip(" ，。！？,.!?")
        if not text:
            return await self._nothing(Nothing(noise=True))
        talk = self._talk
        talk.journal.note("heard", text, event.confidence)
        if talk.question.kind == "danger":
            return self._emergencies.answered(text)
        sure = event.confidence is None or event.confidence >= settings().sure
        found = None if talk.danger else danger.heard(text, sure)
        if found is not None:
            return self._emergencies.found(found, text)
        if talk.done and (_BYE.search(text) or yesno.read(text) == "no"):
            return talk.bye()
        if talk.question.kind == "phone":
            return await keying.phone_said(talk, text)
        if talk.question.kind in ("phone_check", "serial_check"):
            return await keying.checked(talk, text)
        return await talk.forward(text)

    async def _pressed(self, event: Pressed) -> Steps:
        talk, digits, kind = self._talk, event.digits, self._talk.question.kind
        talk.journal.note("keys", digits)
        if kind == "danger":
            return self._emergencies.answered("不是" if digits == "2" else "是")
        if digits == PERSON:
            return await talk.person()
        if digits == DANGER and kind not in questions.NUMBERS:
            return self._emergencies.begin("other", texts.render("hotline.danger.phrases.other"))
        if kind == "phone":
            return await keying.phone_keyed(talk, digits)
        if kind == "serial":
            return await keying.serial_keyed(talk, digits)
        if kind == "ticket":
            return await keying.ticket_keyed(talk, digits)
        if kind == "tail":
            return await talk.forward(f"后四位是{digits}")
        if kind in ("phone_check", "serial_check"):
            return await keying.checked(talk, "对" if digits == "1" else "不对" if digits == "2" else "")
        if kind == "choice" and digits.isdigit() and 1 <= int(digits) <= len(talk.question.options):
            return await talk.forward(talk.question.options[int(digits) - 1])
        if kind in ("menu", "limited") and digits == "1":
            return talk.voicemail()
        return talk.miss(say("not_heard"))

    async def _nothing(self, event: Nothing) -> Steps:
        if self._talk.question.kind == "danger":
            return self._emergencies.answered("")
        if self._talk.question.kind == "limited":
            return self._talk.voicemail()
        if self._talk.done and not self._talk.asked and not event.noise:
            return self._talk.bye()
        return self._talk.miss(say("not_heard" if event.noise else "silent"))

    async def _failed(self, event: Failed) -> Steps:
        talk = self._talk
        talk.journal.note("failed", event.what)
        self._failures += 1
        if talk.question.kind == "danger":
            return self._emergencies.answered("")
        if event.what == "tts" or self._failures > 1:
            return talk.give_up()
        if talk.question.kind in questions.NUMBERS:
            return [Say(talk.question.hint), talk.wait(speech=False)]
        return talk.menu()

    async def _recorded(self, event: Recorded) -> Steps:
        if event.seconds < SHORTEST_MESSAGE:
            return [say("voicemail_empty"), HangUp()]
        self._message = event
        await self._talk.journal.settled()
        at = await self._records.leave(self.id, event.file, event.seconds)
        if at is None:
            return [say("voicemail_done_no_number"), HangUp()]
        return [Say(line("voicemail_done", when=words.moment(at)), optional=True), HangUp()]

    async def _time_up(self, event: TimeUp) -> Steps:
        if self._talk.danger:
            return self._talk.to_oncall()
        if self._talk.ticket:
            return [say("time_up_ticket"), HangUp()]
        return self._talk.voicemail("time_up")

    async def _went_on(self, event: WentOn) -> Steps:
        return await self._emergencies.go_on()
