"""What comes before any journey: danger, other people's data, anger, 转人工."""

import re

from desk import texts
from desk.cases import identity, symptoms, warranty
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import emergency, people
from desk.cases.dialogue.said import SURE, Said
from desk.rules import severity


def dangerous(case: Case) -> bool:
    """A new danger; what is said about one that is already being handled is an answer there."""
    said = case.said
    named = said.danger is not None or (
        said.intent == "report_emergency"
        and said.confidence >= SURE
        and may_be_danger(said, case.pending is not None and case.journey != "emergency")
        and not said.has(*texts.data("understanding.asks_safety"))
    )
    if not named:
        return False
    if said.danger is None and said.has(*texts.data("understanding.denies_danger")):
        return False
    answers_it = said.phone or said.serials or said.address or said.visit or case.facts.get("mode_said")
    if case.pending and said.danger is None and answers_it:
        return False
    if case.journey == "emergency" and said.danger in (None, case.facts.get("danger")):
        return False
    return not (emergency.opened_today(case) and case.journey is None and said.danger is None)


def may_be_danger(said: Said, answering: bool = False) -> bool:
    """Whether what was taken for an emergency may be one: 屏碎了 我坐了一屁股 tells a fault and no word of danger.

    `answering`: a question about something ordinary is open, so that it needs a word of danger to be one.
    """
    plain = re.sub(texts.data("safety.likened"), "", said.plain)
    for words in (*texts.data("safety.harmless"), *severity.default_severity_rules().harmless):
        plain = plain.replace(words, "")
    if said.danger is None and said.has(*texts.data("safety.claims")):
        return False
    if said.danger is not None:
        return True
    if symptoms.sounds_like_fault(said.plain) or warranty.admitted_cause(said.plain) or said.has("投诉"):
        # Children, leaks and blows are told with ordinary faults too.
        for words in texts.data("safety.weak_hints"):
            plain = plain.replace(words, "")
        return bool(re.search(texts.data("safety.hints"), plain))
    if re.search(texts.data("safety.hints"), plain):
        return True
    if plain != said.plain:
        return False
    return not answering


def angry(case: Case) -> bool:
    """Anger is met once, briefly; without any wish a second time, or a third time at all, a person takes over."""
    said = case.said
    if not said.angry:
        return False
    times = case.count("anger")
    case.state["upset"] = True
    own_way = ("complain", "talk_to_human", "request_callback")
    if case.journey == "complaint" or said.intent in own_way or (times > 1 and said.secondary in own_way):
        return False
    if times >= 3 or (times == 2 and said.intent in ("out_of_scope", "nlu_fallback")):
        people.hand_over(case, "angry_customer")
        return True
    if times == 1 and said.intent not in ("urge_ticket", "out_of_scope", "rate_service"):
        case.say("calm.person")
        case.offer("human")
    return False


def asks_for_people(case: Case) -> bool:
    """转人工 in so many words, whatever else the message was taken for."""
    if case.said.intent in ("request_callback", "ask_service_info", "bot_challenge"):
        return False
    if case.said.intent == "talk_to_human" and not case.pending:
        return False
    wanted = case.said.has(*texts.data("understanding.wants_person"))
    if not wanted or case.said.has(*texts.data("safety.no_person")):
        return False
    if case.said.wants("complain") and case.said.has("投诉"):
        return False
    people.hand_over(case, case.state.pop("human_reason", "customer_request"))
    return True


def asks_about_others(case: Case) -> bool:
    """Names, numbers and addresses of other people are told to nobody."""
    said = case.said
    device = case.device
    to_check = bool(said.phone) and said.has("核对", "核实") and case.customer is None
    if to_check and device is not None and not identity.owns_device(device, said.phone):
        case.say("privacy.mismatch")
        return True
    of_them = said.has(*texts.data("safety.others_data")) and not said.phone and not said.address
    if not of_them and not said.has(*texts.data("privacy.words")):
        return False
    case.say("privacy.only_owner")
    return True
