"""The call engine: what to say and ask next. It knows no transport; an adapter carries its steps out."""

import re
from collections.abc import Awaitable, Callable

from desk import texts
from desk.cases import words
from desk.cases.hotline.calls import Begun
from desk.channels.hotline import danger, questions, spoken
from desk.channels.hotline.assistant import Answer, Assistant, Unavailable
from desk.channels.hotline.journal import Journal
from desk.channels.hotline.questions import Question, line, say
from desk.channels.hotline.records import Records
from desk.channels.hotline.settings import settings
from desk.channels.hotline.steps import (
    Event,
    Failed,
    Gather,
    HangUp,
    Heard,
    Nothing,
    Pressed,
    Recorded,
    Say,
    Step,
    TimeUp,
    Transfer,
    Voicemail,
)
from desk.language import phones, yesno
from desk.language.digits import same_length_digits
from desk.language.emergency import sounds_dangerous
from desk.settings import settings as desk_settings

Steps = list[Step]
PERSON, DANGER = "0", "9"
MOST_MISSES = 3
SHORTEST_MESSAGE = 0.8
_BYE = re.compile(r"再见|拜拜|没有了|没了|没事了|就这样|就这些|挂了|不用了|谢谢")
_THIS_NUMBER = re.compile(r"这个(?:号|电话|手机)|打来的|来电")
_PERSON = "转人工"


class Call:
    """One call. `begin` gives the first steps, `take` the next ones for what happened; `end` writes the outcome."""

    def __init__(self, begun: Begun, assistant: Assistant, records: Records) -> None:
        self.id, self.caller = begun.call_id, begun.caller
        self._begun, self._assistant, self._records = begun, assistant, records
        self._question = Question()
        self._missed = self._failures = self._messages = 0
        self._danger: str | None = None
        self._done = False  # nothing is open: silence now means goodbye
        self._ticket: str | None = None
        self._journal = Journal(begun.call_id, records)
        self._message = Recorded(0.0)
        self.next = "hangup"

    @staticmethod
    def notice() -> Say:
        """The recording notice, which comes before everything else and is not cut short."""
        return Say(line("notice", company=desk_settings().company), fixed=True, barge=False)

    async def begin(self) -> Steps:
        """After the notice: who we are and the hours, and the first question."""
        chosen = desk_settings()
        if self._begun.limited:
            self._question = Question("limited")
            return [say("limited"), self._question.gather(2.0)]
        if self._begun.people_here:
            hello = Say(line("hours_open", bot=chosen.brand_name), fixed=True, optional=True)
        else:
            opening = words.moment(self._begun.opening)
            hello = Say(line("hours_closed", bot=chosen.brand_name, opening=opening), fixed=True, optional=True)
        self._question = Question("free", line("ask_short"))
        return [hello, say("ask"), self._wait()]

    async def take(self, event: Event) -> Steps:
        """What follows from an event."""
        handlers: dict[type, Callable[..., Awaitable[Steps]]] = {
            Heard: self._heard, Pressed: self._pressed, Nothing: self._nothing, Failed: self._failed,
            Recorded: self._recorded, TimeUp: self._time_up,
        }
        steps = await handlers[type(event)](event)
        last = steps[-1]
        self.next = last.to if isinstance(last, Transfer) else "hangup"
        return steps

    async def end(self, recording: str | None = None, broken: bool = False) -> str | None:
        """The call is over, by whichever side; `broken`: by a failure of ours. The outcome."""
        if broken:
            self.next = "oncall"
            self._journal.note("failed", "call")
        await self._journal.settled()
        return await self._records.end(self.id, self.next, self._done, recording)

    def spoke(self, text: str) -> None:
        """The adapter has said this."""
        self._journal.said(text)

    async def _keep_ticket(self) -> None:
        self._ticket = await self._records.after_turn(self.id) or self._ticket

    def held(self) -> dict[str, object]:
        """What there is to keep of this call, should the records not take it."""
        return {
            "heard": self._journal.heard, "danger": self._danger, "next": self.next, "file": self._message.file,
            "seconds": self._message.seconds,
        }

    # what the caller did

    async def _heard(self, event: Heard) -> Steps:
        text = event.text.strip(" ，。！？,.!?")
        if not text:
            return await self._nothing(Nothing(noise=True))
        self._journal.note("heard", text, event.confidence)
        if self._question.kind == "danger":
            return await self._danger_answered(yesno.read(text) != "no")
        sure = event.confidence is None or event.confidence >= settings().sure
        found = None if self._danger else danger.heard(text, sure)
        if found is not None:
            return await (self._emergency(found.kind, text) if found.certain else self._ask_danger(found, text))
        return await self._answered(text)

    async def _answered(self, text: str) -> Steps:
        kind = self._question.kind
        if self._done and (_BYE.search(text) or yesno.read(text) == "no"):
            return [say("bye"), HangUp()]
        if kind == "phone":
            return await self._phone_said(text)
        if kind in ("phone_check", "serial_check"):
            return await self._checked(text)
        return await self._forward(text)

    async def _pressed(self, event: Pressed) -> Steps:
        digits, kind = event.digits, self._question.kind
        self._journal.note("keys", digits)
        if kind == "danger":
            return await self._danger_answered(digits != "2")
        if digits == PERSON:
            return await self._person()
        if digits == DANGER and kind not in questions.NUMBERS:
            return await self._emergency("other", texts.render("hotline.danger.phrases.other"))
        if kind == "phone":
            return await self._phone_keyed(digits)
        if kind == "serial":
            return await self._serial_keyed(digits)
        if kind == "tail":
            return await self._forward(f"后四位是{digits}")
        if kind in ("phone_check", "serial_check"):
            return await self._checked("对" if digits == "1" else "不对" if digits == "2" else "")
        if kind == "choice" and digits.isdigit() and 1 <= int(digits) <= len(self._question.options):
            return await self._forward(self._question.options[int(digits) - 1])
        if kind in ("menu", "limited") and digits == "1":
            return self._voicemail()
        return self._miss(say("not_heard"))

    async def _nothing(self, event: Nothing) -> Steps:
        if self._question.kind == "danger":
            return await self._danger_answered(True)
        if self._question.kind == "limited":
            return self._voicemail()
        if self._done and not event.noise:
            return [say("bye"), HangUp()]
        return self._miss(say("not_heard" if event.noise else "silent"))

    async def _failed(self, event: Failed) -> Steps:
        self._journal.note("failed", event.what)
        self._failures += 1
        if self._question.kind == "danger":
            return await self._danger_answered(True)
        if event.what == "tts" or self._failures > 1:
            return self._give_up()
        if self._question.kind in questions.NUMBERS:
            return [Say(self._question.hint), self._wait(speech=False)]
        self._question = Question("menu", line("keys_menu"))
        return [say("keys_menu"), self._wait()]

    async def _recorded(self, event: Recorded) -> Steps:
        if event.seconds < SHORTEST_MESSAGE:
            return [say("voicemail_empty"), HangUp()]
        self._message = event
        await self._journal.settled()
        at = await self._records.leave(self.id, event.file, event.seconds)
        if at is None:
            return [say("voicemail_done_no_number"), HangUp()]
        return [Say(line("voicemail_done", when=words.moment(at)), optional=True), HangUp()]

    async def _time_up(self, event: TimeUp) -> Steps:
        if self._danger:
            return self._to_oncall()
        if self._ticket:
            return [say("time_up_ticket"), HangUp()]
        return self._voicemail("time_up")

    # the assistant

    async def _forward(self, text: str) -> Steps:
        """The caller's words to the assistant; its answer as steps."""
        try:
            answer = await self._ask(text)
        except Unavailable as error:
            return await self._down(str(error))
        return await self._say(answer)

    async def _ask(self, text: str) -> Answer:
        self._messages += 1
        answer = await self._assistant.ask(self.id, text, f"{self.id}-{self._messages}")
        self._journal.behind(self._keep_ticket)
        return answer

    async def _say(self, answer: Answer, before: tuple[Say, ...] = ()) -> Steps:
        spoken_lines: Steps = [*before, *(Say(spoken.of(text)) for text in answer.lines)]
        if answer.handoff == "emergency" and not self._danger:
            self._danger = "other"
        if answer.with_people:
            urgent = self._danger or not self._begun.people_here
            return [*spoken_lines, *(self._to_oncall() if urgent else self._to_agents())]
        if self._danger and answer.asks == "phone" and self.caller:
            return await self._own_number(spoken_lines[:-1])
        if _not_understood(answer):
            return self._miss(*[step for step in spoken_lines if isinstance(step, Say)][:1])
        self._missed = 0
        self._question = questions.of(answer, self.caller)
        self._done = answer.asks is None
        if self._done and answer.tickets:
            spoken_lines.append(say("anything_else"))
        if self._question.hint:
            spoken_lines.append(Say(self._question.hint))
        return [*spoken_lines, self._wait()]

    async def _own_number(self, said: Steps) -> Steps:
        """In danger nobody is asked for a number that the exchange has shown already."""
        await self._records.use_caller(self.id)
        try:
            answer = await self._ask(f"电话{self.caller}")
        except Unavailable:
            return [*said, *self._to_oncall()]
        return [*said, *await self._say(answer)]

    async def _down(self, why: str) -> Steps:
        self._journal.note("failed", f"assistant {why}")
        return self._give_up("down")

    async def _person(self) -> Steps:
        """转人工, at any time."""
        if self._danger:
            return self._to_oncall()
        try:
            answer = await self._ask(_PERSON)
        except Unavailable as error:
            if self._begun.people_here:
                self._journal.note("failed", f"assistant {error}")
                return self._to_agents()
            return await self._down(str(error))
        return await self._say(answer)

    # danger

    async def _ask_danger(self, found: danger.Danger, text: str) -> Steps:
        """It sounded like danger: the safety text first, then one question to be sure."""
        self._question = Question("danger", options=(found.kind,), value=text)
        what = texts.render(f"hotline.danger.names.{found.kind}")
        check = Say(line("danger.check", what=what), fixed=True)
        return [_safety(found.kind), check, self._question.gather(5.0)]

    async def _danger_answered(self, yes: bool) -> Steps:
        kind, text = self._question.options[0], self._question.value
        if yes:
            return await self._emergency(kind, text)
        self._question = Question("free", line("ask_short"))
        return [say("danger.denied"), self._wait()]

    async def _emergency(self, kind: str, text: str) -> Steps:
        """Alarm first, then the assistant, which says what to do; without it the A ticket and a person all the same."""
        self._danger, self._done = kind, False
        await self._records.danger(self.id, kind, text)
        if sounds_dangerous(text) is None:
            text = f"{text}，{texts.render(f'hotline.danger.phrases.{kind}')}"
        try:
            answer = await self._ask(text)
        except Unavailable as error:
            self._journal.note("failed", f"assistant {error}")
            answer = None
        if answer is not None and answer.handoff == "emergency":
            return await self._say(answer)
        await self._journal.settled()
        number = await self._records.emergency_ticket(self.id, kind, text)
        taken = (say("danger.taken"),) if number else ()
        return [_safety(kind), *taken, *self._to_oncall()]

    # numbers

    async def _phone_said(self, text: str) -> Steps:
        found = phones.last(text)
        if self.caller and found is None and (yesno.read(text) == "yes" or _THIS_NUMBER.search(text)):
            return await self._phone_keyed("#")
        if found is not None and found.problem is None:
            return self._check_phone(found.number)
        if len(re.sub(r"\D", "", same_length_digits(text))) >= 5:
            return self._miss(say("phone.again"))
        return await self._forward(text)

    async def _phone_keyed(self, digits: str) -> Steps:
        if digits in ("#", "1") and self.caller:
            await self._records.use_caller(self.id)
            return await self._forward(f"电话{self.caller}")
        found = phones.last(digits)
        if found is None or found.problem is not None:
            return self._miss(say("phone.again"))
        return self._check_phone(found.number)

    def _check_phone(self, number: str) -> Steps:
        check = line("phone.check", number=spoken.number(number))
        self._question = Question("phone_check", check, value=number)
        return [Say(check), self._wait()]

    async def _serial_keyed(self, digits: str) -> Steps:
        if len(digits) < 4:
            return self._miss(say("serial.too_short"))
        found = await self._records.candidates(digits, self.caller)
        if found.candidate is None:
            said = say("serial.several" if found.count > 1 else "serial.not_found")
            steps = await self._forward("没有序列号")
            return [said, *steps]
        check = line("serial.check", product=found.candidate.product, tail=spoken.number(digits))
        self._question = Question("serial_check", check, value=found.candidate.serial)
        return [Say(check), self._wait()]

    async def _checked(self, text: str) -> Steps:
        kind, value = self._question.kind, self._question.value
        answer = yesno.read(text) if text else None
        corrected = phones.last(text) if kind == "phone_check" else None
        if corrected is not None and corrected.problem is None:
            return self._check_phone(corrected.number)
        if answer == "yes":
            return await self._forward(f"电话{value}" if kind == "phone_check" else f"序列号{value}")
        if answer == "no" and kind == "serial_check":
            return await self._forward("没有序列号")
        if answer == "no":
            self._question = Question("phone", line("phone.again"), line("phone.by_keys"))
        return self._miss(say("phone.again") if answer == "no" else say("not_heard"))

    # ways out

    def _miss(self, *said: Say) -> Steps:
        """Nothing came, or nothing that could be used: shorter, then keys, then somebody else. Three times at most."""
        self._missed += 1
        if self._missed >= MOST_MISSES:
            return self._give_up()
        again = self._question.text or line("again")
        if self._missed == 1 or self._question.kind == "menu":
            return [*said, Say(again), self._wait()]
        if self._question.hint:
            return [*said, Say(self._question.hint), self._wait()]
        if self._question.kind == "free":
            self._question = Question("menu", line("keys_menu"))
            return [say("keys_menu"), self._wait()]
        return [*said, Say(again), self._wait()]

    def _give_up(self, why: str | None = None) -> Steps:
        return self._to_oncall() if self._danger else self._voicemail(why)

    def _voicemail(self, why: str | None = None) -> Steps:
        first = [say(why)] if why else []
        if self.caller is None:
            first.append(say("voicemail_no_number"))
        return [*first, say("voicemail"), Voicemail(settings().longest_voicemail)]

    def _to_oncall(self) -> Steps:
        return [say("to_oncall"), Transfer("oncall")]

    def _to_agents(self) -> Steps:
        return [say("to_agents"), Transfer("agents")]

    def _wait(self, speech: bool = True) -> Gather:
        return self._question.gather(settings().no_input, speech)


def _safety(kind: str) -> Say:
    return Say(spoken.of(texts.render(f"emergency.{kind}", "phone")), fixed=True, barge=False)


def _not_understood(answer: Answer) -> bool:
    unclear = {texts.render(f"small.{key}", "phone") for key in ("not_understood", "not_understood_again")}
    return bool(answer.lines) and answer.lines[0] in unclear
