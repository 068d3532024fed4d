"""The widget stays small: a page that holds it must not get slow."""

import gzip

from desk import built

MOST = 25 * 1024


def test_the_widget_is_at_most_25_kb() -> None:
    content = (built.FOLDER / "aftercare-chat.js").read_bytes()
    assert len(gzip.compress(content, 9)) <= MOST


def test_it_carries_no_other_hosts() -> None:
    content = (built.FOLDER / "aftercare-chat.js").read_text("utf-8")
    assert "https://" not in content.replace("https?://", "")
