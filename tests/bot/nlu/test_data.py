import json

from bot.nlu import data
from bot.nlu.data import Span, Utterance

TRAINING = """
version: "3.1"
nlu:
- intent: report_fault
  examples:
  - text: |
      [空调](product_type)[不制冷](fault_symptom)，多少钱
    metadata:
      secondary: ask_price
- intent: thank
  examples: |
    - 谢谢
- intent: deny
  examples:
  - text: |
      莫整
    metadata:
      reviewed: true
"""


def test_training_files_carry_entities_and_second_wishes(tmp_path):
    (tmp_path / "some.yml").write_text(TRAINING, encoding="utf-8")
    spans = (Span("product_type", 0, 2), Span("fault_symptom", 2, 5))
    assert data.read_training(tmp_path) == [
        Utterance("空调不制冷，多少钱", "report_fault", spans, "ask_price"),
        Utterance("谢谢", "thank"),
        Utterance("莫整", "deny", annotated=False),
    ]


def test_labelled_lines(tmp_path):
    row = {
        "text": "1",
        "intent": "affirm",
        "secondary_intent": None,
        "alt_intents": ["inform"],
        "entities": [],
        "register": "short",
    }
    (tmp_path / "some.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert data.read_labelled(tmp_path / "some.jsonl") == [Utterance("1", "affirm", (), None, ("inform",), "short")]
