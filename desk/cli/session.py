"""What commands on the database share: it is there and up to date, or the person is told what to do."""

from typing import NoReturn

import typer


def ready() -> str:
    """The URL of the database, made and migrated if need be. Ends the command with a hint when it cannot be reached."""
    from sqlalchemy.exc import SQLAlchemyError

    from desk.records import schema
    from desk.settings import settings

    made = settings()
    try:
        if made.embedded:
            made.data_dir.mkdir(parents=True, exist_ok=True)
        schema.upgrade(made.database)
    except (SQLAlchemyError, OSError) as error:
        fail(f"连不上数据库：{error}\n请检查 AFTERCARE_DATABASE_URL 或 AFTERCARE_DATA_DIR，再运行 aftercare doctor")
    return made.database


def fail(words: str, code: int = 2) -> NoReturn:
    """End the command with words on standard error."""
    typer.echo(words, err=True)
    raise typer.Exit(code)
