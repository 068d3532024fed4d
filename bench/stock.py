"""The project that `rasa init` makes, with Jieba, our examples, and a form: what Rasa's documentation teaches a team.

It does the same kind of work as ours, in the way of the documentation: a fault opens a form, a validation action reads
each answer, questions on the way are answered and the form goes on, the last answer opens a ticket (all in memory).
Pipeline, policies and epochs are those that `rasa init` writes (Jieba for a language without blanks); three slots and
31 intents are fewer than a real project has; trackers and tickets in memory, no event broker, logging at its default:
nothing is there to slow it down. `bench.contenders.stock_fixed_answers` asks the same server for texts alone, which is
the least it can do: no form, no slot, no action.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

ACTIONS = Path(__file__).with_name("stock_actions.py")
FORM = "fault_form"
ASKED = ("product_model", "purchase_date", "phone")
# Said inside the form these are questions on the way; anything else is the answer to what was asked.
ON_THE_WAY = ("ask_price", "ask_warranty", "ask_policy", "ask_service_info", "ask_why", "greet", "thank")
_OWN_RULES = ("report_fault", "ask_warranty", "restart")  # Rasa answers restart itself

_EPOCHS = {"epochs": 100}
CONFIG = {
    "recipe": "default.v1",
    "assistant_id": "stock",
    "language": "zh",
    "pipeline": [
        {"name": "JiebaTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", **_EPOCHS, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", **_EPOCHS, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {"name": "UnexpecTEDIntentPolicy", "max_history": 5, **_EPOCHS},
        {"name": "TEDPolicy", "max_history": 5, **_EPOCHS, "constrain_similarities": True},
    ],
}


def write(folder: Path, training_data: str, intents: list[str], actions_port: int = 5055) -> None:
    """Write the project into `folder`; its actions will listen on `actions_port`."""
    files = {
        "config.yml": CONFIG,
        "domain.yml": _domain(intents),
        "data/rules.yml": {"version": "3.1", "rules": _rules(intents)},
        "data/stories.yml": {"version": "3.1", "stories": _stories(intents)},
        "credentials.yml": {"rest": None},
        "endpoints.yml": endpoints(actions_port),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (folder / "data" / "nlu.yml").write_text(training_data, encoding="utf-8")
    shutil.copy(ACTIONS, folder / "actions.py")


def endpoints(actions_port: int) -> dict[str, Any]:
    """Where the actions are; conversations stay in memory, which is Rasa's default."""
    return {"action_endpoint": {"url": f"http://127.0.0.1:{actions_port}/webhook"}}


def _domain(intents: list[str]) -> dict[str, Any]:
    answers = {f"utter_{intent}": [{"text": f"收到：{intent}"}] for intent in _answered(intents)}
    questions = {f"utter_ask_{slot}": [{"text": f"请告诉我 {slot}"}] for slot in ASKED}
    return {
        "version": "3.1",
        "intents": intents,
        "slots": {slot: _slot(slot) for slot in ASKED} | {"ticket": {"type": "text", "mappings": [{"type": "custom"}]}},
        "forms": {FORM: {"required_slots": list(ASKED)}},
        "responses": answers | questions,
        "actions": [f"validate_{FORM}", "action_check_warranty", "action_open_ticket"],
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def _slot(name: str) -> dict[str, Any]:
    asked = [{"active_loop": FORM, "requested_slot": name}]
    heard = {"type": "from_text", "not_intent": list(ON_THE_WAY), "conditions": asked}
    return {"type": "text", "influence_conversation": False, "mappings": [heard]}


def _answered(intents: list[str]) -> list[str]:
    return [*(intent for intent in intents if intent not in _OWN_RULES), "nlu_fallback"]


def _rules(intents: list[str]) -> list[dict[str, Any]]:
    plain = [_rule(intent, [_said(intent), _done(f"utter_{intent}")]) for intent in _answered(intents)]
    start = _rule("open the form", [_said("report_fault"), _done(FORM), {"active_loop": FORM}])
    ended = [{"active_loop": None}, {"slot_was_set": [{"requested_slot": None}]}, _done("action_open_ticket")]
    submit = {"rule": "submit", "condition": [{"active_loop": FORM}], "steps": [_done(FORM), *ended]}
    on_the_way = [
        {
            "rule": f"{intent} on the way",
            "condition": [{"active_loop": FORM}],
            "steps": [_said(intent), _done(_answer(intent)), _done(FORM), {"active_loop": FORM}],
        }
        for intent in ON_THE_WAY
    ]
    cover = _rule("ask_warranty", [_said("ask_warranty"), _done("action_check_warranty")])
    return [*plain, cover, start, submit, *on_the_way]


def _stories(intents: list[str]) -> list[dict[str, Any]]:
    """Small talk in threes, and one fault from greeting to thanks."""
    ruled = _answered(intents)[:-1]
    threes = [ruled[at : at + 3] for at in range(0, len(ruled), 3)]
    talk = [
        {"story": " ".join(path), "steps": [step for i in path for step in (_said(i), _done(f"utter_{i}"))]}
        for path in threes
    ]
    fault = [_said("greet"), _done("utter_greet"), _said("report_fault"), _done(FORM), {"active_loop": FORM}]
    ended = [{"active_loop": None}, {"slot_was_set": [{"requested_slot": None}]}, _done("action_open_ticket")]
    thanks = [_said("thank"), _done("utter_thank")]
    return [*talk, {"story": "a fault", "steps": [*fault, _said("inform"), _done(FORM), *ended, *thanks]}]


def _answer(intent: str) -> str:
    return "action_check_warranty" if intent == "ask_warranty" else f"utter_{intent}"


def _rule(name: str, steps: list[dict[str, Any]]) -> dict[str, Any]:
    return {"rule": name, "steps": steps}


def _said(intent: str) -> dict[str, Any]:
    return {"intent": intent}


def _done(action: str) -> dict[str, Any]:
    return {"action": action}
