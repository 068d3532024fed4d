"""Errors as RFC 9457 problem documents: a stable type for programs, Chinese title and detail for people."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
TITLES = {
    "bad-request": (400, "请求看不懂"),
    "malformed-json": (400, "请求体不是正确的 JSON"),
    "unauthorized": (401, "需要有效的密钥"),
    "missing-scope": (403, "这个密钥没有相应的权限"),
    "forbidden": (403, "不允许这样做"),
    "not-found": (404, "没有找到"),
    "method-not-allowed": (405, "这个地址不支持这种方法"),
    "conflict": (409, "状态已经变了"),
    "too-large": (413, "内容太大"),
    "unsupported-media-type": (415, "不支持这种内容类型"),
    "invalid": (422, "内容不符合要求"),
    "too-many": (429, "请求太频繁"),
    "internal": (500, "服务器内部出错"),
    "unavailable": (503, "服务暂时不可用"),
}
_OF_STATUS = {
    400: "bad-request", 401: "unauthorized", 403: "forbidden", 404: "not-found", 405: "method-not-allowed",
    409: "conflict", 413: "too-large", 415: "unsupported-media-type", 422: "invalid", 429: "too-many",
    503: "unavailable",
}
_DETAILS = {
    404: "这个地址没有内容，请核对路径；全部调用见 /api/v1/openapi.json。",
    405: "请换一种方法，允许的方法见响应头 Allow。",
}
_WRONG = {
    "missing": "缺少这一项",
    "string_type": "要写成文字",
    "string_too_long": "太长了，最多 {max_length} 个字",
    "string_too_short": "不能为空",
    "int_parsing": "要写成整数",
    "int_type": "要写成整数",
    "bool_parsing": "要写成 true 或 false",
    "list_type": "要写成列表",
    "dict_type": "要写成对象",
    "model_attributes_type": "要写成对象",
    "model_type": "要写成对象",
    "too_long": "太多了，最多 {max_length} 个",
    "less_than_equal": "不能大于 {le}",
    "greater_than_equal": "不能小于 {ge}",
    "literal_error": "只能是 {expected} 之一",
    "enum": "只能是 {expected} 之一",
    "datetime_parsing": "要写成带时区的时间，例如 2026-02-17T03:00:00+08:00",
    "datetime_from_date_parsing": "要写成带时区的时间，例如 2026-02-17T03:00:00+08:00",
    "datetime_type": "要写成带时区的时间，例如 2026-02-17T03:00:00+08:00",
    "timezone_aware": "时间要带时区，例如 2026-02-17T03:00:00+08:00",
}

log = logging.getLogger(__name__)


class Problem(Exception):
    """An error for the caller: `kind` out of TITLES, `detail` a sentence, `more` further members of the document."""

    def __init__(self, kind: str, detail: str, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.headers, self.more = kind, detail, headers, more


def response(kind: str, detail: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """The problem document as a response."""
    status, title = TITLES[kind]
    body = {
        "type": f"urn:aftercare:problem:{kind}", "title": title, "status": status, "detail": detail, "instance": path,
        **more,
    }
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of `app` with a problem document."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)


async def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return response(error.kind, error.detail, request.url.path, error.headers, **error.more)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind = _OF_STATUS.get(error.status_code, "bad-request" if error.status_code < 500 else "internal")
    detail = _DETAILS.get(error.status_code) or TITLES[kind][1] + "。"
    return response(kind, detail, request.url.path, dict(error.headers or {}))


async def invalid(request: Request, error: Exception) -> JSONResponse:
    """What is wrong with a request, field by field."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return response("malformed-json", "请求体不是正确的 JSON，请检查引号、逗号和编码（UTF-8）。", request.url.path)
    wrong = [{"field": _field(item["loc"]), "problem": _sentence(item)} for item in found]
    detail = "；".join(f"{item['field']}：{item['problem']}" for item in wrong[:5]) + "。"
    return response("invalid", detail, request.url.path, errors=wrong)


async def _broken(request: Request, error: Exception) -> JSONResponse:
    # Only the kind of error and where it came from: its message may hold what a customer wrote.
    log.error("request_failed", extra={"route": _route(request), "kind": type(error).__name__}, exc_info=error)
    return response("internal", "服务器没能处理这个请求，已经记录。可以稍后原样再试，不会重复生效。", request.url.path)


def _route(request: Request) -> str:
    return getattr(request.scope.get("route"), "path", "")


def _field(location: tuple[int | str, ...]) -> str:
    where, *rest = location
    whole = {"body": "请求体", "query": "参数", "path": "路径"}
    return ".".join(str(part) for part in rest) or whole.get(str(where), str(where))


def _sentence(item: dict[str, Any]) -> str:
    text = _WRONG.get(item["type"], "格式不对")
    values = {name: str(value).replace(" or ", "、") for name, value in (item.get("ctx") or {}).items()}
    try:
        return text.format(**values)
    except KeyError:
        return "格式不对"
