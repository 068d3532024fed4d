"""The folder of photos: the same for all processes on a database, and nothing in it that nobody names."""

import io
import os
import time as real
from pathlib import Path

import pytest
from PIL import Image

from desk import time
from desk.cases import photo_folder, photos, tickets
from desk.clock import tidy
from desk.records import db
from desk.records.models import Conversation, Message
from desk.settings import settings


@pytest.fixture
def folder(clean_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of photos of this process, empty."""
    return use(tmp_path / "host1", monkeypatch)


def use(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AFTERCARE_DATA_DIR", str(data_dir))
    settings.cache_clear()
    return photos.folder()


def kept(age_hours: float = 48) -> str:
    """A stored photo, so old; its name."""
    drawn = io.BytesIO()
    Image.new("RGB", (20, 20), (1, 2, 3)).save(drawn, "JPEG")
    name = str(photos.keep(drawn.getvalue(), "web")["file"])
    old = real.time() - age_hours * 3600
    os.utime(photos.folder() / name, (old, old))
    return name


def said_with(*names: str) -> None:
    with db.transaction() as session:
        session.add(Conversation(id="cv-1", channel="web", account="", sender="w", created_at=time.now(), state="bot"))
        session.flush()
        pictures = [{"type": "image", "file": name} for name in names]
        session.add(
            Message(
                conversation_id="cv-1", seq=1, author="customer", text="", attachments=pictures, created_at=time.now()
            )
        )


def there(name: str) -> list[bool]:
    small = Path(name).with_name(f"{Path(name).stem}-small.jpg")
    return [(photos.folder() / one).is_file() for one in (Path(name), small)]


def test_what_nobody_names_goes_after_a_day(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo_folder.adopt()
    named, orphan, young = kept(), kept(), kept(age_hours=1)
    said_with(named)
    monkeypatch.setattr(tidy.engine, "forget_finished", lambda: None)  # the clock's engine does not run here
    tidy.once()
    assert (there(named), there(orphan), there(young)) == ([True] * 2, [False] * 2, [True] * 2)
    assert photo_folder.sweep() == 0


def test_a_file_that_a_crash_left_goes_too(folder: Path) -> None:
    photo_folder.adopt()
    file = photos.folder() / "console" / "ab" / "abcd.pdf"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"%PDF-1.4")
    os.utime(file, (0, 0))
    assert photo_folder.sweep() == 1
    assert not file.exists()


def test_a_photo_of_a_ticket_stays(folder: Path) -> None:
    photo_folder.adopt()
    name = kept()
    with db.transaction() as session:
        made = tickets.open_ticket(session, "bot", kind="repair", severity="C", symptom="不制冷", product_type="空调")
        made.attachments = [{"type": "image", "file": name}]
    assert photo_folder.sweep() == 0 and all(there(name))


def test_the_first_process_marks_the_folder_and_the_others_find_it(folder: Path) -> None:
    assert photo_folder.is_ours()
    assert (folder / photo_folder.MARK).is_file() and photo_folder.is_ours()


def test_a_host_with_a_folder_of_its_own_is_found_out_and_deletes_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pinned_clock: object
) -> None:
    time.pin(time.now())
    assert photo_folder.is_ours()
    time.pin(time.now() + photo_folder._STARTING * 2)
    use(tmp_path / "host2", monkeypatch)
    assert not photo_folder.is_ours()
    orphan = kept()
    assert photo_folder.sweep() == 0 and all(there(orphan))
    photo_folder.adopt()
    assert photo_folder.is_ours() and photo_folder.sweep() == 1


def test_another_databases_folder_is_not_swept(folder: Path) -> None:
    photo_folder.adopt()
    (folder / photo_folder.MARK).write_text("0" * 32)
    orphan = kept()
    assert not photo_folder.is_ours()
    assert photo_folder.sweep() == 0 and all(there(orphan))
