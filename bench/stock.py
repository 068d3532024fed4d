"""The project that `rasa init` makes, with Jieba and our examples: what a team has on its first day."""

from __future__ import annotations

from pathlib import Path

import yaml

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


def write(folder: Path, training_data: str, intents: list[str]) -> None:
    """Write the project into `folder`: each intent is answered by its own text."""
    ruled = [intent for intent in intents if intent != "restart"]  # Rasa answers that one itself
    files = {
        "config.yml": CONFIG,
        "domain.yml": _domain(intents),
        "data/rules.yml": _stories("rules", "rule", [[intent] for intent in [*ruled, "nlu_fallback"]]),
        "data/stories.yml": _stories("stories", "story", [ruled[at : at + 3] for at in range(0, len(ruled), 3)]),
        "credentials.yml": {"rest": None},
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (folder / "data" / "nlu.yml").write_text(training_data, encoding="utf-8")


def _domain(intents: list[str]) -> dict[str, object]:
    answers = {f"utter_{intent}": [{"text": f"收到：{intent}"}] for intent in [*intents, "nlu_fallback"]}
    session = {"session_expiration_time": 60, "carry_over_slots_to_new_session": True}
    return {"version": "3.1", "intents": intents, "responses": answers, "session_config": session}


def _stories(section: str, kind: str, paths: list[list[str]]) -> dict[str, object]:
    def steps(path: list[str]) -> list[dict[str, str]]:
        return [step for intent in path for step in ({"intent": intent}, {"action": f"utter_{intent}"})]

    return {"version": "3.1", section: [{kind: " ".join(path), "steps": steps(path)} for path in paths]}
