"""The account's menu, as the catalogue of texts has it."""

from typing import Any

from desk import texts


def buttons() -> list[dict[str, Any]]:
    """The menu in WeChat's form. Raises ValueError when WeChat would not take it."""
    entries = texts.data("wechat.menu")
    if len(entries) > 3:
        raise ValueError("菜单一级最多 3 个")
    return [_group(entry) if "items" in entry else _button(entry, 4) for entry in entries]


def _group(entry: dict[str, Any]) -> dict[str, Any]:
    if len(entry["items"]) > 5:
        raise ValueError(f"菜单“{entry['title']}”下最多 5 个")
    return {"name": _name(entry["title"], 4), "sub_button": [_button(item, 8) for item in entry["items"]]}


def _button(entry: dict[str, Any], longest: int) -> dict[str, Any]:
    name = _name(entry["title"], longest)
    if "url" in entry:
        return {"type": "view", "name": name, "url": entry["url"]}
    return {"type": "scancode_waitmsg" if entry.get("scan") else "click", "name": name, "key": entry["key"]}


def _name(title: str, longest: int) -> str:
    if not 1 <= len(title) <= longest:
        raise ValueError(f"菜单名“{title}”最多 {longest} 个字")
    return title
