"""The prompts that are the same in every call: rendered once, so that they are heard also when synthesis is down."""

from desk import texts
from desk.channels.hotline import spoken
from desk.settings import settings


def fixed() -> list[str]:
    """Each as it is spoken; the recording notice first."""
    chosen = settings()
    known = {"company": chosen.company, "bot": chosen.brand_name}
    found = [_ready(key, known) for key in texts.catalogue() if key.startswith(("hotline.", "emergency."))]
    names = texts.data("hotline.danger.names").values()
    found += [spoken.of(texts.render("hotline.danger.check", "phone", what=name)) for name in names]
    return list(dict.fromkeys(text for text in found if text))


def _ready(key: str, known: dict[str, str]) -> str:
    if key.startswith(("hotline.records.", "hotline.danger.phrases", "hotline.danger.names", "hotline.danger_words")):
        return ""
    if not isinstance(texts.catalogue()[key], str | dict):
        return ""
    try:
        return spoken.of(texts.render(key, "phone", **known))
    except KeyError:
        return ""  # it has blanks that differ from call to call
