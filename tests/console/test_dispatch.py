"""Conversations of a line with turns reach an agent without anybody pressing anything."""

import asyncio

from desk.cases import presence
from desk.console import dispatch
from desk.records import db
from desk.records.models import AgentGroup, Staff
from desk.talk import engine
from tests.console.conftest import conversation, now_of, said


def test_a_newcomer_is_given_to_who_is_there(talk: engine.Engine, people: dict[str, int]) -> None:
    with db.transaction() as session:
        session.add(AgentGroup(code="ac", title="空调组", assignment="round_robin"))
        session.get_one(Staff, people["li"]).groups = ["ac"]
        presence.beat(session, people["li"])

    async def until_taken() -> None:
        async with dispatch.running():
            await asyncio.sleep(0.05)
            made = await asyncio.to_thread(conversation, queue_group="ac")
            for _ in range(100):
                if now_of(made.id).state == "agent":
                    return
                await asyncio.sleep(0.05)

    asyncio.run(until_taken())
    assert now_of("cv-web-0001").agent_id == people["li"]
    assert said("cv-web-0001")[-1] == ("system", "李姐接手了对话，由人工客服为您服务。")
