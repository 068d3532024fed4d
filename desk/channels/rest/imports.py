"""Import of tables over the API."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile

from desk.channels.rest import auth, models
from desk.channels.rest.problems import Problem
from desk.imports import run_import

MOST_FILES = 50

router = APIRouter(tags=["导入"])
Importer = Annotated[auth.Key, Depends(auth.needs("import"))]

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                    "required": ["files"],
                }
            }
        },
    }
}


@router.post("/import", response_model=models.ImportReport, summary="导入资料表", openapi_extra=_FORM)
async def import_files(request: Request, key: Importer) -> JSONResponse:
    """CSV (UTF-8 or GB18030) and XLSX, named after what they hold (customers.csv). Each file is taken in wholly or not
    at all; the report says which and why. Sending the same files again changes nothing. Needs the scope import."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Problem("unsupported-media-type", "请用 multipart/form-data 上传文件，字段名 files。")
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FILES) as form:
        uploads = [item for _, item in form.multi_items() if isinstance(item, UploadFile)]
        files = [(item.filename or "", await item.read()) for item in uploads]
    if not files:
        raise Problem("invalid", "没有收到文件：请放在字段 files 里。")
    report = await to_thread.run_sync(lambda: run_import(files, actor=f"key:{key.name}"))
    return JSONResponse(report.to_dict())
