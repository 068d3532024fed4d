"""The shapes of the API, for its description and for what comes in."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Asks = Literal[
    "serial_number", "product_model", "which_product", "purchase_date", "phone", "name", "address", "service_mode",
    "visit_time", "confirm", "existing_ticket", "ticket_number", "order_number", "callback_time", "reason", "injury",
    "opened", "reopen", "proof", "identity", "else",
]
Offer = Literal["paid_repair", "repair", "human", "callback", "next_slot", "mail_in"]
Option = Literal["RETURN", "EXCHANGE", "PART_REPLACE", "FREE_REPAIR", "PAID_REPAIR", "INSPECT", "NONE"]
State = Literal["bot", "queued", "agent", "closed"]


class Problem(BaseModel):
    """An error (RFC 9457). `type` is stable; `title` and `detail` are for people."""

    type: str = Field(examples=["urn:aftercare:problem:invalid"])
    title: str
    status: int
    detail: str
    instance: str
    errors: list[dict[str, str]] | None = Field(None, description="每一处不对的地方：field、problem")


class MessageIn(BaseModel):
    """What a customer says."""

    text: str = Field(
        "", description="客户的话，最多 2000 字；有附件时可以为空。等于上次给出的按钮的 payload 或 title 时算按下按钮"
    )
    message_id: str | None = Field(
        None, max_length=128, description="来源系统的消息号。同一发送者再次用它，得到同一轮结果，不会重复生效"
    )
    attachments: list[dict[str, Any]] | None = Field(None, max_length=9, description="附件，例如 {type, url, name}")
    channel: Literal["rest", "wechat", "web", "phone"] = Field(
        "rest", description="rest 以外需要权限 act_as_channel，以该渠道用户的身份说话"
    )


class Button(BaseModel):
    """A button under an answer; sending its payload (or its title) as text is pressing it."""

    title: str
    payload: str


class Reply(BaseModel):
    """One bubble."""

    text: str
    buttons: list[Button] | None = None


class Decision(BaseModel):
    """Who pays and what the customer may choose. Fields of the rule book besides those named here are kept."""

    model_config = ConfigDict(extra="allow")

    decisions: list[Option]
    primary: Option
    reason_code: str
    payer: str
    warranty_start: str | None = None
    warranty_end: str | None = None
    in_period: bool | None = None
    repair_days_excluded: int | None = None
    coverage: Literal["in", "out", "excluded", "unknown"] | None = None
    basis: Literal["record", "customer_statement"] | None = None
    sentence: str | None = Field(None, description="客户看得懂的一句话")
    derivation: str | None = Field(None, description="给客服看的推导")
    policy_version: str | None = None


class Handoff(BaseModel):
    """Why a person is needed."""

    model_config = ConfigDict(extra="allow")

    reason: str


class CallbackPromise(BaseModel):
    """A promised call."""

    model_config = ConfigDict(extra="allow")

    at: str
    phone: str | None = None


class Turn(BaseModel):
    """What one customer message led to."""

    conversation: str = Field(description="会话编号")
    turn_id: str
    handled_by: Literal["bot", "queued", "agent"] = Field(
        description="这一轮之后由谁处理；queued、agent 时机器人不说话"
    )
    replies: list[Reply]
    asks: Asks | None = Field(None, description="机器人正在等客户回答什么")
    offers: list[Offer] = Field(default_factory=list, description="向客户提出的选择")
    handoff: Handoff | None = None
    callback: CallbackPromise | None = None
    decision: Decision | None = None
    tickets: list[str] = Field(default_factory=list, description="这一轮涉及的工单号")


class TicketEventOut(BaseModel):
    """One change of a ticket."""

    kind: str
    actor: str
    reason: str
    at: str
    data: dict[str, Any]


class TicketNoteOut(BaseModel):
    """What somebody added to a ticket."""

    author: str
    text: str
    at: str


class Ticket(BaseModel):
    """A piece of work promised to a customer."""

    number: str = Field(examples=["TK20261121-0001"])
    kind: Literal["repair", "return", "exchange", "complaint", "inquiry", "installation", "maintenance"]
    status: Literal["new", "accepted", "scheduled", "in_progress", "resolved", "closed", "cancelled", "reopened"]
    severity: Literal["A", "B", "C"]
    priority: int = Field(description="数字小的先办")
    product_type: str | None
    product_model: str | None
    serial_number: str | None
    symptom: str
    fault_code: str | None
    contact_name: str | None
    contact_phone: str | None
    address: str | None
    service_mode: Literal["on_site", "carry_in", "mail_in", "pickup"] | None
    visit_time: str | None = Field(description="上门开始时间，ISO 8601，公司所在时区；只约了大概时写原话")
    payer: str | None
    decision: Decision | None
    deadlines: dict[str, Any] = Field(description="response_due、arrival_due、fix_due 等，ISO 8601 带时区")
    service_level: str | None
    urge_count: int
    repeat_repair: bool
    linked_tickets: list[Any]
    order_number: str | None
    attachments: list[Any]
    intake_id: int | None
    events: list[TicketEventOut]
    notes: list[TicketNoteOut]


class Tickets(BaseModel):
    """A page of tickets, newest first."""

    items: list[Ticket]
    next_cursor: str | None = Field(None, description="下一页用的 cursor；没有下一页时为 null")


class Owner(BaseModel):
    """Who handles a conversation now."""

    kind: State
    agent: str | None = Field(description="接手的客服姓名")
    since: str | None
    position: int | None = Field(description="排队时的位置，1 为下一个")


class CustomerOut(BaseModel):
    """The customer that the sender was proved to be."""

    customer_no: str
    name: str
    phone: str | None
    address: str
    vip: bool


class IntakeOut(BaseModel):
    """What is known of the case so far."""

    id: int
    state: str
    kind: str
    facts: dict[str, Any]
    decision: Decision | None
    updated_at: str


class Line(BaseModel):
    """One line of the transcript."""

    seq: int
    author: Literal["customer", "bot", "agent", "system", "note"]
    agent: str | None = None
    text: str
    at: str
    turn_id: str | None = None
    buttons: list[Button] | None = None
    attachments: list[Any] | None = None
    delivery: Literal["pending", "sent", "failed", "held"] | None = Field(None, description="推送渠道上的发送状态")


class Conversation(BaseModel):
    """A conversation with its transcript and turns."""

    id: str
    channel: str
    account: str
    sender: str
    state: State
    version: int
    owner: Owner
    customer: CustomerOut | None
    intake: IntakeOut | None
    handoff_reason: str | None
    transcript: list[Line]
    turns: list[Turn]
    created_at: str
    last_message_at: str | None


class ClockIn(BaseModel):
    """The new present."""

    now: AwareDatetime = Field(examples=["2026-02-17T03:00:00+08:00"])


class Clock(BaseModel):
    """The present, as this run sees it."""

    now: str


class Reset(BaseModel):
    """What was emptied."""

    reset: bool
    assistant_forgot: bool = Field(description="Rasa 是否也已忘掉会话；连不上时为 false，新会话不受影响")


class ImportProblem(BaseModel):
    """Something wrong at one place of a file."""

    line: int
    column: str
    value: str
    problem: str


class ImportFile(BaseModel):
    """What became of one file."""

    file: str
    sheet: str | None
    rows: int
    created: int
    updated: int
    unchanged: int
    errors: list[ImportProblem]
    warnings: list[ImportProblem]
    ok: bool


class ImportReport(BaseModel):
    """What became of an import; a file with errors was not taken in at all, the others were."""

    ok: bool
    files: list[ImportFile]


class WarrantyIn(BaseModel):
    """A question to the warranty rules. Unknown fields are refused."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"example": {
        "category": "home_appliance", "product": "电冰箱", "purchase_date": "2025-06-10", "invoice_date": "2025-06-10",
        "report_date": "2025-06-17", "channel": "store",
        "fault": {"desc": "不制冷", "performance": True, "cause": "quality"},
        "invoice": True, "card": True,
    }})


class DeadlinesIn(BaseModel):
    """A question to the service levels: severity or profile, and when the ticket was opened."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"example": {
        "profile": "STD-L1", "severity": "B", "created_at": "2026-03-14T02:15:00+08:00",
    }})


class Milestones(BaseModel):
    """When what is due; ISO 8601 with offset."""

    model_config = ConfigDict(extra="allow")
