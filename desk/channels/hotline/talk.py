"""The state of a call, its way to the assistant, and the ways out of it."""

from desk import texts
from desk.cases.hotline.calls import Begun
from desk.channels.hotline import questions, spoken
from desk.channels.hotline.assistant import Answer, Assistant, Unavailable
from desk.channels.hotline.journal import Journal
from desk.channels.hotline.questions import Question, line, say
from desk.channels.hotline.records import Records
from desk.channels.hotline.settings import settings
from desk.channels.hotline.steps import Gather, HangUp, Say, Step, Transfer, Voicemail

Steps = list[Step]
MOST_MISSES = 3
PERSON = "转人工"


class Talk:
    """What is known and open in one call.

    `danger`: its kind once there is one. `done`: nothing is open. `asked`: the last answer has a question in it all the
    same, so that silence does not mean goodbye.
    """

    def __init__(self, begun: Begun, assistant: Assistant, records: Records) -> None:
        self.id, self.caller, self.people_here = begun.call_id, begun.caller, begun.people_here
        self.records = records
        self.journal = Journal(begun.call_id, records)
        self.question = Question()
        self.danger: str | None = None
        self.done = self.asked = False
        self.ticket: str | None = None
        self._assistant = assistant
        self._missed = self._repeats = self._messages = 0

    # the assistant

    async def ask(self, text: str) -> Answer:
        """The assistant's answer; what it allows to be kept is kept behind. Raises Unavailable."""
        self._messages += 1
        answer = await self._assistant.ask(self.id, text, f"{self.id}-{self._messages}")
        self.journal.behind(self._keep_ticket)
        return answer

    async def forward(self, text: str) -> Steps:
        """The caller's words to the assistant; its answer as steps."""
        try:
            answer = await self.ask(text)
        except Unavailable as error:
            return self.down(str(error))
        return await self.say(answer)

    async def say(self, answer: Answer, without: tuple[str, ...] = ()) -> Steps:
        """An answer as steps. `without`: what has been said already."""
        heard = spoken.lines(answer.lines)
        lines: Steps = [Say(text) for text in heard if text not in without]
        if answer.handoff == "emergency" and not self.danger:
            self.danger = "other"
        if answer.with_people:
            return [*lines, *(self.to_oncall() if self.danger or not self.people_here else self.to_agents())]
        if self.danger and answer.asks == "phone" and self.caller:
            return await self._own_number(lines[:-1], without)
        if _not_understood(answer):
            return self.not_understood()
        asked = self.question.text
        self.question = questions.of(answer, self.caller)
        if answer.asks and self.question.text == asked:
            self._repeats += 1
            if self._repeats >= MOST_MISSES:
                return await self.person()
        else:
            self._missed = self._repeats = 0
        self.done = answer.asks is None
        if lines and answer.asks and heard[-1] not in without:
            lines[-1] = Say(self.question.text)
        self.asked = any("？" in text for text in heard)
        if self.done and not self.asked:
            lines.append(say("anything_else"))
        if self.question.hint:
            lines.append(Say(self.question.hint))
        return [*lines, self.wait()]

    async def person(self) -> Steps:
        """转人工, at any time."""
        if self.danger:
            return self.to_oncall()
        try:
            answer = await self.ask(PERSON)
        except Unavailable as error:
            if self.people_here:
                self.journal.note("failed", f"assistant {error}")
                return self.to_agents()
            return self.down(str(error))
        return await self.say(answer)

    def down(self, why: str) -> Steps:
        """The assistant does not answer."""
        self.journal.note("failed", f"assistant {why}")
        return self.give_up("down")

    async def _own_number(self, said: Steps, without: tuple[str, ...]) -> Steps:
        """In danger nobody is asked for a number that the exchange has shown already."""
        await self.records.use_caller(self.id)
        try:
            answer = await self.ask(f"电话{self.caller}")
        except Unavailable:
            return [*said, *self.to_oncall()]
        return [*said, *await self.say(answer, without)]

    async def _keep_ticket(self) -> None:
        self.ticket = await self.records.after_turn(self.id) or self.ticket

    # waiting, and ways out

    def wait(self, speech: bool = True) -> Gather:
        """Wait for an answer to the open question."""
        return self.question.gather(settings().no_input, speech)

    def free(self) -> None:
        """Anything may be said now."""
        self.question = Question("free", line("ask_short"))

    def menu(self) -> Steps:
        """Only keys from now on."""
        self.question = Question("menu", line("keys_menu"))
        return [say("keys_menu"), self.wait()]

    def miss(self, *said: Say) -> Steps:
        """Nothing came, or nothing that could be used: shorter, then keys, then somebody else. Three times at most."""
        self._missed += 1
        if self._missed >= MOST_MISSES:
            return self.give_up()
        again = self.question.text or line("again")
        if self._missed == 1 or self.question.kind == "menu":
            keys = [Say(self.question.hint)] if self.question.kind == "choice" and self.question.hint else []
            return [*said, Say(again), *keys, self.wait()]
        if self.question.hint:
            return [*said, Say(self.question.hint), self.wait()]
        if self.question.kind == "free":
            return self.menu()
        return [*said, Say(again), self.wait()]

    def not_understood(self) -> Steps:
        """Words that mean nothing here."""
        return self.miss(say("not_understood" if self.question.kind == "free" else "not_this"))

    def give_up(self, why: str | None = None) -> Steps:
        """Who is on call where somebody is in danger, else a message."""
        return self.to_oncall() if self.danger else self.voicemail(why)

    def voicemail(self, why: str | None = None) -> Steps:
        """A message after the tone."""
        first = [say(why)] if why else []
        if self.caller is None:
            first.append(say("voicemail_no_number"))
        return [*first, say("voicemail"), Voicemail(settings().longest_voicemail)]

    def to_oncall(self) -> Steps:
        """The exchange rings who is on call."""
        return [say("to_oncall"), Transfer("oncall")]

    def to_agents(self) -> Steps:
        """The exchange rings the agents."""
        return [say("to_agents"), Transfer("agents")]

    def bye(self) -> Steps:
        """The end of a call in which all is said."""
        return [say("bye"), HangUp()]


def _not_understood(answer: Answer) -> bool:
    unclear = {texts.render(f"small.{key}", "phone") for key in ("not_understood", "not_understood_again")}
    return bool(answer.lines) and answer.lines[0] in unclear
