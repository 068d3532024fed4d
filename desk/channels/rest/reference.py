"""The API's reference as one plain page, drawn from its own OpenAPI document: no script, nothing from other hosts."""

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

PATH = "/api/v1/docs"
_FILES = Path(__file__).parent / "files"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_VERBS = ("get", "post", "put", "delete", "patch")

router = APIRouter(include_in_schema=False)


@router.get(PATH)
def page(request: Request) -> HTMLResponse:
    """All calls with what goes in and comes out."""
    document = request.app.openapi()
    html = _template().render(info=document["info"], calls=_calls(document), models=_models(document))
    return HTMLResponse(html, headers=_HEADERS)


@router.get(f"{PATH}/reference.css")
def style() -> Response:
    """The page's style."""
    return FileResponse(_FILES / "reference.css", headers=_HEADERS)


def _calls(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "verb": verb.upper(), "path": path, "id": call["operationId"], "summary": call.get("summary", ""),
            "about": call.get("description", ""), "parameters": [_parameter(one) for one in call.get("parameters", [])],
            "body": _body(call.get("requestBody")), "answers": [_answer(*one) for one in call["responses"].items()],
        }
        for path, calls in document["paths"].items() for verb, call in calls.items() if verb in _VERBS
    ]


def _parameter(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": found["name"], "where": found["in"], "required": found.get("required", False),
        "type": _type(found.get("schema", {})), "about": found.get("description", ""),
    }


def _body(found: dict[str, Any] | None) -> str:
    kinds = (found or {}).get("content", {}).items()
    return " / ".join(f"{kind}: {_type(one.get('schema', {}))}" for kind, one in kinds)


def _answer(status: str, found: dict[str, Any]) -> dict[str, str]:
    types = {_type(one.get("schema", {})): None for one in found.get("content", {}).values()}
    return {"status": status, "about": found.get("description", ""), "type": " / ".join(filter(None, types))}


def _models(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name, "about": model.get("description", ""), "fields": [
                {
                    "name": field, "type": _type(shape), "required": field in model.get("required", []),
                    "about": shape.get("description", ""),
                }
                for field, shape in model.get("properties", {}).items()
            ],
        }
        for name, model in sorted(document.get("components", {}).get("schemas", {}).items())
    ]


def _type(shape: dict[str, Any]) -> str:
    """A JSON schema in a few words."""
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if "anyOf" in shape or "oneOf" in shape:
        return " | ".join(_type(one) for one in shape.get("anyOf") or shape["oneOf"])
    if "enum" in shape or "const" in shape:
        return " | ".join(map(str, shape.get("enum") or [shape["const"]]))
    if shape.get("type") == "array":
        return f"[{_type(shape.get('items', {}))}]"
    return " ".join(filter(None, (str(shape.get("type", "")), str(shape.get("format", "")))))


@cache
def _template() -> jinja2.Template:
    source = (_FILES / "reference.html").read_text("utf-8")
    return jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True).from_string(source)
