"""The text that a merchant meant to write."""

import pytest

from rules.understanding.utterance import one_writing


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jingxuan lianmeng zhunru biaozhun", "精选联盟准入标准"),
        ("zen me kai tong jing xuan lian meng", "怎么开通精选联盟"),
        ("jxlm zmkt", "精选联盟 怎么开通"),
        ("jing xuan lian meng bei guan bi le", "精选联盟被关闭了"),
        ("shangjia zhunru yaoqiu", "商家准入要求"),
        ("精选联盟zidong kaitong ma", "精选联盟自动开通吗"),
        ("清tui标准是shenme", "清退标准是什么"),
        ("体yan分多少", "体验分多少"),
        ("精选lian盟怎么开", "精选联盟怎么开"),
        ("违gui了", "违规了"),
        ("精选连盟", "精选联盟"),
        ("金选联盟", "精选联盟"),
        ("精联选盟", "精选联盟"),
        ("精选盟", "精选联盟"),
        ("体验份3.75了", "体验分3.75了"),
        ("休验分", "体验分"),
        ("轻退标准", "清退标准"),
        ("點樣開通精選聯盟", "怎么开通精选联盟"),
        ("肿么开", "怎么开"),
        ("ＪＸＬＭ", "精选联盟"),
        ("精选\u200b联盟", "精选联盟"),
        ("how to join the aliance", "how to join the alliance"),
        ("re-open", "reopen"),
    ],
)
def test_a_slip_is_put_right(typed: str, meant: str) -> None:
    assert one_writing(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "回复得太慢",
        "触发条件",
        "我想入驻",
        "多少分会被关",
        "怎样开通",
        "精选联盟准入标准",
        "how do i open the shop",
        "多久体检一次",
    ],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert one_writing(text) == text
