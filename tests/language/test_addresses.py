"""Addresses are read in bounded time, whatever stands before them."""

from desk.language import addresses


def test_hems_and_haws_cost_no_time() -> None:
    assert addresses.normalise("嗯" * 200 + "武汉市珞喻路10号").endswith("武汉市珞喻路10号")
