"""Ten thousand messages on a bad day."""

import pytest

from tests.wechat import flood
from tests.wechat.conftest import Start


@pytest.mark.heavy
def test_ten_thousand_messages(start: Start) -> None:
    flood.run(start(settle=0.05), phones=250, each=40, seed=11, seconds=600)
