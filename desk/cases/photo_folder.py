"""The folder of photos and sent files: one for all processes on a database, without files that no message names."""

import hashlib
from datetime import timedelta
from pathlib import Path
from time import time as seconds_now

from sqlalchemy import Text, cast, select

from desk import time
from desk.cases import photos, signing_keys
from desk.records import db
from desk.records.models import Message, SigningKey, Ticket, WechatMedia

MARK = ".aftercare"
KEY = "photo_folder"
ADVICE = (
    "这不是同一个数据库的其他进程在用的照片目录：多台主机的 AFTERCARE_DATA_DIR/media 要指向同一个共享目录。"
    "如果是搬了家或从备份恢复的，运行 .venv/bin/aftercare web photos --adopt 认领。"
)
# A file is written before the message that names it, so what is young may still be named.
_YOUNG = 24 * 3600.0
_STARTING = timedelta(minutes=1)


def is_ours() -> bool:
    """Whether this is the folder of the database's other processes too.

    The first process of a database marks its folder. A later one that finds no such mark has a folder of its own, so
    that photos taken by one host could not be shown by another.
    """
    if _mark().is_file():
        return _mark().read_text("ascii").strip() == _name()
    with db.reading() as session:
        made = session.get(SigningKey, KEY)
        first = made is None or time.now() - made.created_at < _STARTING
    if first:
        adopt()
    return first


def adopt() -> None:
    """Make this the database's folder: at the first start, or when an operator has moved or restored it."""
    photos.folder().mkdir(parents=True, exist_ok=True)
    _mark().write_text(_name() + "\n", "ascii")


def sweep() -> int:
    """Delete files older than a day that no message or ticket names (a crash left them); how many.

    Nothing is deleted where the folder is another database's.
    """
    if not photos.folder().is_dir() or not is_ours():
        return 0
    left = {name: file for file in photos.folder().glob("*/*/*") if (name := _old_name(file))}
    if not left:
        return 0
    for name in _named():
        left.pop(name, None)
    for name in left:
        photos.forget([{"type": "image", "file": name}])
    return len(left)


def _old_name(file: Path) -> str | None:
    """The file's name as attachments have it; None for a thumbnail, and for what is young."""
    if file.stem.endswith("-small") or seconds_now() - file.stat().st_mtime < _YOUNG:
        return None
    return file.relative_to(photos.folder()).as_posix()


def _named() -> list[str]:
    with db.reading() as session:
        columns = Message.attachments, Ticket.attachments
        queries = [select(column).where(cast(column, Text).like('%"file"%')) for column in columns]
        found = [item for query in queries for items in session.scalars(query) for item in items or []]
        names = [str(item["file"]) for item in found if isinstance(item, dict) and item.get("file")]
        fetched = session.scalars(select(WechatMedia.file).where(WechatMedia.file.is_not(None)))
        return [*names, *(str(name) for name in fetched)]


def _mark() -> Path:
    return photos.folder() / MARK


def _name() -> str:
    return hashlib.sha256(signing_keys.key(KEY)).hexdigest()[:32]
