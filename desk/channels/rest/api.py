"""All calls of the API together."""

from fastapi import APIRouter

from desk.channels.rest import conversations, imports, messages, models, rules, testing, tickets

DESCRIPTION = """给集成方的接口。

* 鉴权：`Authorization: Bearer <密钥>`；密钥带权限 read、write、import、act_as_channel、test、admin。
* 出错：RFC 9457 `application/problem+json`，`type` 固定不变，`detail` 是给人看的一句话。
* 时间：ISO 8601，带时区。
* 重发安全：`POST /conversations/{sender}/messages` 带上 `message_id`，重发得到同一轮结果。
"""
_ERRORS = {
    status: {
        "model": models.Problem,
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, text in {401: "没有密钥或密钥无效", 403: "密钥缺少权限", 404: "没有找到", 422: "内容不符合要求"}.items()
}

router = APIRouter(prefix="/api/v1", responses=_ERRORS)  # type: ignore[arg-type]
for part in (messages, conversations, tickets, rules, imports, testing):
    router.include_router(part.router)
