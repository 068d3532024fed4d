"""Danger in a call: the safety text first, the alarm and the A ticket at once, then a person."""

from desk import texts
from desk.cases import danger_kinds
from desk.channels.hotline import danger, spoken
from desk.channels.hotline.assistant import Unavailable
from desk.channels.hotline.questions import Question, line, say
from desk.channels.hotline.steps import GoOn, Say
from desk.channels.hotline.talk import Steps, Talk
from desk.language import yesno

PATIENCE = 5.0


class Emergencies:
    """`found` when danger was heard; `answered` to its question; `go_on` once the safety text is being spoken.

    `left_open` when the call ends.
    """

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._words = ""

    def found(self, what: danger.Danger, text: str) -> Steps:
        """Certain danger is acted upon; what only sounds like it gets the safety text and one question."""
        if what.certain:
            return self.begin(what.kind, text)
        self._talk.question = Question("danger", options=(what.kind,), value=text)
        name = texts.render(f"hotline.danger.names.{what.kind}")
        check = Say(line("danger.check", what=name), fixed=True)
        return [safety(what.kind), check, self._talk.question.gather(PATIENCE)]

    def answered(self, text: str) -> Steps:
        """Whether there is danger, in the caller's words: all but a no is a yes."""
        question = self._talk.question
        if yesno.read(text) == "no":
            self._talk.free()
            return [say("danger.denied"), self._talk.wait()]
        return self._begin(question.options[0], question.value, [say("danger.alarming")])

    def begin(self, kind: str, text: str) -> Steps:
        """There is danger."""
        return self._begin(kind, text, [safety(kind)])

    def _begin(self, kind: str, text: str, said: list[Say]) -> Steps:
        self._talk.danger, self._talk.done, self._words = kind, False, text
        return [*said, GoOn()]

    async def left_open(self) -> None:
        """The call is over. Who hung up on the question has not said no, so it counts as danger."""
        question = self._talk.question
        if question.kind == "danger":
            self._talk.danger = question.options[0]
            await self._talk.journal.settled()
            await self._talk.records.emergency_ticket(self._talk.id, question.options[0], question.value)

    async def go_on(self) -> Steps:
        """Alarm first, then the assistant; without it the A ticket and a person all the same."""
        talk, kind, text = self._talk, self._talk.danger or "other", self._words
        await talk.records.danger(talk.id, kind, text)
        if danger_kinds.kind_of(text) is None:
            text = f"{text}，{texts.render(f'hotline.danger.phrases.{kind}')}"
        try:
            answer = await talk.ask(text)
        except Unavailable as error:
            talk.journal.note("failed", f"assistant {error}")
            answer = None
        if answer is not None and answer.handoff == "emergency":
            return await talk.say(answer, without=(safety(kind).text,))
        await talk.journal.settled()
        number = await talk.records.emergency_ticket(talk.id, kind, text)
        return [*([say("danger.taken")] if number else []), *talk.to_oncall()]


def safety(kind: str) -> Say:
    """What to do in this danger; nobody cuts it short."""
    return Say(spoken.of(texts.render(f"emergency.{kind}", "phone")), fixed=True, barge=False)
