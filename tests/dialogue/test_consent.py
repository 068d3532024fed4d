"""Money is at stake: only what plainly says so is taken as a yes or a no."""

import pytest

from desk.cases.dialogue.consent import agreed


@pytest.mark.parametrize(
    "said",
    [
        "好",
        "好的",
        "行吧",
        "行 修吧",
        "可以",
        "可以修",
        "同意付费维修",
        "同意",
        "嗯嗯",
        "那就修吧",
        "修",
        "付费就付费吧",
        "修吧修吧",
        "给我修",
        "可以的 麻烦安排师傅",
        "ok",
        "OK的",
        "没问题",
        "好吧，修吧",
        "行吧 谁让它过保了",
        "对",
        "是的",
        "要修",
        "自费也行",
        "那行，给我安排吧",
        "愿意",
        "先检测报价吧",
        "确认",
        "阔以",
        "要得",
        "👌",
        "好的谢谢",
        "该多少多少 修",
    ],
)
def test_yes(said: str) -> None:
    assert agreed(said) is True


@pytest.mark.parametrize(
    "said",
    [
        "不修了",
        "算了",
        "太贵了",
        "算了太贵了不修",
        "先不修",
        "我再想想",
        "不用了",
        "不同意",
        "不",
        "先不",
        "不划算",
        "考虑一下",
        "不要了 谢谢",
        "那算了",
        "不用了，谢谢",
        "没必要修",
        "我跟老婆商量下再说吧",
        "先问下我老公",
        "行吧我考虑下",
        "回头再说",
        "好的，不用了",
        "不行",
        "还是算了吧",
    ],
)
def test_no(said: str) -> None:
    assert agreed(said) is False


@pytest.mark.parametrize(
    "said",
    [
        "是整个不冷 冷冻还行",
        "修过两次了还要付费",
        "还要付费啊",
        "为什么要付费",
        "不是啊 我上个月才买的",
        "怎么就过保了",
        "没过保啊",
        "要多少钱",
        "可以免费吗",
        "修一次多少钱",
        "是不是太贵了",
        "不是说好免费修吗",
        "好贵吗",
        "我有发票",
        "去年买的",
        "付费？",
        "可以便宜点吗",
        "是昨天坏的",
        "对面店里修只要五十",
        "行不行啊你们",
        "不制冷",
        "",
    ],
)
def test_neither(said: str) -> None:
    assert agreed(said) is None
