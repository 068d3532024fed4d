"""Every table, in one place to import from."""

from desk.records.administration import PasswordLink, PolicyVersion, SavedSetting
from desk.records.agents import AgentGroup, CannedReply, ChatRead, Mention, StaffSeen, WaitTold
from desk.records.base import Base
from desk.records.care import Complaint, EngineerLeave
from desk.records.catalog import Article, Branch, Engineer, Price
from desk.records.console import SigninFailure, StaffSession
from desk.records.conversations import Conversation, DialogueState, Intake, Message, Outbound, Turn, TurnEffect
from desk.records.customers import Contract, Customer, Device, Identity, Product, Repair
from desk.records.follow_ups import FollowPlan, FollowUp, MaintenancePlan, ServiceReport
from desk.records.hotline import Call, CallTurn, Voicemail
from desk.records.oncall import Alarm, AlarmStep, OncallPerson, OncallShift, OncallSwap, StaffNotice
from desk.records.proofs import IdentityCode
from desk.records.review import DoubtfulMessage
from desk.records.staff import ApiKey, AuditEntry, Staff
from desk.records.tickets import Callback, Rating, Ticket, TicketCounter, TicketEvent, TicketNote, Visit
from desk.records.web import PrivacyNotice, SigningKey
from desk.records.wechat import (
    WechatAccount,
    WechatConsent,
    WechatInbound,
    WechatMedia,
    WechatNotice,
    WechatSent,
    WechatUser,
)

__all__ = [
    "AgentGroup",
    "Alarm",
    "AlarmStep",
    "ApiKey",
    "Article",
    "AuditEntry",
    "Base",
    "Branch",
    "Call",
    "CallTurn",
    "Callback",
    "CannedReply",
    "ChatRead",
    "Complaint",
    "Contract",
    "Conversation",
    "Customer",
    "Device",
    "DialogueState",
    "DoubtfulMessage",
    "Engineer",
    "EngineerLeave",
    "FollowPlan",
    "FollowUp",
    "Identity",
    "IdentityCode",
    "Intake",
    "MaintenancePlan",
    "Mention",
    "Message",
    "OncallPerson",
    "OncallShift",
    "OncallSwap",
    "Outbound",
    "PasswordLink",
    "PolicyVersion",
    "Price",
    "PrivacyNotice",
    "Product",
    "Rating",
    "Repair",
    "SavedSetting",
    "ServiceReport",
    "SigninFailure",
    "SigningKey",
    "Staff",
    "StaffNotice",
    "StaffSeen",
    "StaffSession",
    "Ticket",
    "TicketCounter",
    "TicketEvent",
    "TicketNote",
    "Turn",
    "TurnEffect",
    "Visit",
    "Voicemail",
    "WaitTold",
    "WechatAccount",
    "WechatConsent",
    "WechatInbound",
    "WechatMedia",
    "WechatNotice",
    "WechatSent",
    "WechatUser",
]
