"""Free-text answers: a value when surely meant, else a doubt."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.answers import Doubt, Parsed, parse
from rules.edition import Catalogue, Edition, Fact, Option
from rules.kinds import FactType
from rules.requirements import FactValue
from tests.packaged import CATALOGUE, HUNDRED_POINTS

TODAY = date(2022, 10, 10)
"""A Monday."""


def days_ago(days: int) -> date:
    return TODAY - timedelta(days)


def taken(table: dict[FactValue, str]) -> list[tuple[str, FactValue]]:
    """Each wording of the table with the value meant; wordings are parted by bars."""
    return [(wording.strip(), value) for value, wordings in table.items() for wording in wordings.split("|")]


def check_taken(edition: Edition, fact: str, wording: str, value: FactValue) -> None:
    parsed = parse(edition.fact(fact), wording, TODAY)
    assert parsed == Parsed(value)
    assert type(parsed.value) is type(value)


SCORES = taken(
    {
        Decimal("4.2"): "4.2|4.2分|４．２|４.２分|4。2|四点二|四点二分|体验分4.2|现在是4.2分|4点2|4.2 分"
        "|4.2啊|我的体验分是四点二分|体验分:4.2",
        Decimal("4"): "4|4分|四分|四|4.0",
        Decimal("3.79"): "3.79|三点七九|三点七九分|3点79|掉到3.79了",
        Decimal("4.85"): "四点八五|體驗分4.85|４。８５",
        None: "没有|沒有|还没有|还没有体验分|暂无|没分|无|没有体验分|还没出分|冇|none|meiyou",
    }
)


@pytest.mark.parametrize(("wording", "value"), SCORES)
def test_a_score_is_read_in_any_writing(edition: Edition, wording: str, value: FactValue) -> None:
    check_taken(edition, "score", wording, value)


COUNTS = taken(
    {
        0: "0|0次|零|零次|没有|没|无|一次都没有|一次也没有|没关过|没被关过|从来没有|從來沒有"
        "|冇|never|没有被关闭过|没有啊",
        1: "1|1次|一次|一|被关过1次|关了一次|一回",
        2: "2|两次|二|2次|关了两次|被系统关闭过2次|關了兩次",
        3: "三次|3|系统关了我三次|一共3次|被关了三次",
    }
)


@pytest.mark.parametrize(("wording", "value"), COUNTS)
def test_a_count_is_read_in_any_writing(edition: Edition, wording: str, value: FactValue) -> None:
    check_taken(edition, "closures", wording, value)


YES = (
    "有|有的|是|是的|对|对的|嗯|嗯嗯|没错|开了|已经开了|開了|已經開了|係|係呀|有呀"
    "|yes|Yes!|y|YEAH|shi|shide|you|dui|开了。|是的,开了|嗯,开了|当然|开了哦"
)
NO = (
    "没有|没|不是|不|还没|没开|还没开|没有开|還沒開|無|唔係|冇|仲未|no|No.|nope|bu"
    "|meiyou|mei you|haimei|没有呢|没有,还没开|并没有"
)


@pytest.mark.parametrize("wording", YES.split("|"))
def test_yes_is_understood(edition: Edition, wording: str) -> None:
    check_taken(edition, "store_opened", wording, True)


@pytest.mark.parametrize("wording", NO.split("|"))
def test_no_is_understood(edition: Edition, wording: str) -> None:
    check_taken(edition, "store_opened", wording, False)


OWN_WORDS = [
    ("account_usable", "能", True),
    ("account_usable", "没问题", True),
    ("account_usable", "登不上", False),
    ("account_usable", "登不了", False),
    ("operating_normally", "正常", True),
    ("operating_normally", "正常的", True),
    ("operating_normally", "不正常", False),
    ("operating_normally", "不是正常营业", False),
    ("operating_normally", "停业了", False),
    ("operating_normally", "停業了", False),
    ("in_alliance", "开通了", True),
    ("in_alliance", "没开通", False),
    ("in_alliance", "被关了", False),
    ("related_serious_violation", "没问题", False),
    ("related_serious_violation", "没有其他店", False),
    ("related_serious_violation", "有", True),
    ("brand_documents_complete", "齐了", True),
    ("brand_documents_complete", "还缺", False),
]


@pytest.mark.parametrize(("fact", "wording", "value"), OWN_WORDS)
def test_each_question_knows_its_own_yes_and_no(edition: Edition, fact: str, wording: str, value: bool) -> None:
    check_taken(edition, fact, wording, value)


DAYS = taken(
    {
        days_ago(0): "今天|刚刚|今日|0天",
        days_ago(1): "昨天|昨日|1天前|一天前|10月9日|10月9号",
        days_ago(2): "前天|两天前",
        date(2022, 10, 5): "上周三|上星期三|上礼拜三|上个星期三",
        days_ago(45): "45天前|四十五天前|45 天前|45天以前|45天了",
        days_ago(52): "52天|52天前|入驻52天了|开了52天|五十二天",
        days_ago(100): "一百天前|100天",
        date(
            2022, 9, 1
        ): "2022-09-01|2022.9.1|2022/9/1|20220901|2022年9月1日|2022年9月1号|二零二二年九月一日|22年9月1日"
        "|9月1日|9月1号|九月一号|9/1|9.1|今年9月1日|上个月1号|我是9月1号入驻的|２０２２年９月１日",
        date(2021, 12, 31): "12月31日|去年12月31号|2021-12-31",
        date(2021, 10, 10): "去年今天|去年的今天|365天前",
        date(2020, 2, 29): "2月29日|2020-02-29",
    }
)


@pytest.mark.parametrize(("wording", "value"), DAYS)
def test_a_day_is_read_in_any_writing(edition: Edition, wording: str, value: FactValue) -> None:
    check_taken(edition, "joined_on", wording, value)


PENALTIES = taken(
    {
        (): "没有|没|无|沒有|没被罚过|没有违规|从来没有|0|0次|一次都没有|没有处罚记录|冇|none",
        (date(2022, 9, 1),): "2022-09-01|9月1日|9月1号被罚的|9月1日、2022-09-01",
        (date(2022, 8, 2), date(2022, 9, 1)): "2022-09-01、2022-08-02|9月1日和8月2日|8月2日 9月1日|9月1日,8月2日",
        (days_ago(45),): "45天前|45天前被处罚",
    }
)


@pytest.mark.parametrize(("wording", "value"), PENALTIES)
def test_penalties_are_a_list_of_days(edition: Edition, wording: str, value: FactValue) -> None:
    check_taken(edition, "penalties", wording, value)


DOUBTS = [
    ("score", Doubt.STARS, "4.3星|四星半|五颗星|★★★★|⭐⭐⭐⭐⭐|4星"),
    ("score", Doubt.OFF_SCALE, "85|5.01|-1|100分|八十五分|十"),
    ("score", Doubt.RANGE, "4分以上|不到4|四点几|3.8-3.9|3.8到3.9之间|低于3.8|4点多|三四分|接近4分|满分"),
    ("score", Doubt.AMBIGUOUS, "好像4.2|4.2左右|4.2吧|4.2?|应该是4.2分|0|零|4,2|4，2|大概4.2|可能没有"),
    ("score", Doubt.UNSURE, "不知道|不清楚|忘了|唔知|not sure|不太清楚"),
    ("score", Doubt.NOT_UNDERSTOOD, "体验分3.5会怎样|怎么提高体验分|4.2.1|NaN|1e5|80%|分||   |😭|{{7*7}}|十分好"),
    ("closures", Doubt.RANGE, "两三次|好几次|几次|至少2次|1-2次|有|被关了|2次以上|不止一次"),
    ("closures", Doubt.AMBIGUOUS, "好像两次|大概3次|1.5次|2次吧|应该没有"),
    ("closures", Doubt.OFF_SCALE, "-1|99999"),
    ("closures", Doubt.NOT_UNDERSTOOD, "关了三次还能开吗|不|第三次|3次机会"),
    (
        "store_opened",
        Doubt.AMBIGUOUS,
        "应该是吧|好像开了|不是没有|没有没开|是的,没开|开了吧|差不多|可能|maybe|不是,开了|开了?",
    ),
    ("store_opened", Doubt.NOT_UNDERSTOOD, "开了吗|怎么开店|👍|123|开小店要多少钱"),
    ("operating_normally", Doubt.AMBIGUOUS, "没有不正常|应该正常|不是停业|正常吧"),
    (
        "joined_on",
        Doubt.RANGE,
        "三个月前|半年前|去年|2022年9月|9月|上个月|上周|一年半前|两个半月前|一个多月前"
        "|3周前|最近|第52天|周三|15号|半年|一年多前|3个月|今年",
    ),
    ("joined_on", Doubt.FUTURE, "明天|2023-01-01|2022-10-11|明年"),
    ("joined_on", Doubt.NO_SUCH_DAY, "2月30日|2022-13-01|2022-02-29|9月31号"),
    ("joined_on", Doubt.AMBIGUOUS, "大概52天前|好像是9月1号|9月1日吧|52天左右"),
    ("joined_on", Doubt.NOT_UNDERSTOOD, "12分|60分钟前|12分钟|新店有什么要求|无|3点"),
    ("penalties", Doubt.RANGE, "有|去年|最近|2022年9月|被罚过|有过|9月1日和去年"),
    ("penalties", Doubt.AMBIGUOUS, "52天|百天|一二个月|好像没有|应该没有吧"),
    ("penalties", Doubt.FUTURE, "2023-01-01|9月1日、2023-01-01"),
]


@pytest.mark.parametrize(
    ("fact", "doubt", "wording"),
    [(fact, doubt, wording) for fact, doubt, wordings in DOUBTS for wording in wordings.split("|")],
)
def test_what_is_not_surely_meant_is_asked_back(edition: Edition, fact: str, doubt: Doubt, wording: str) -> None:
    parsed = parse(edition.fact(fact), wording, TODAY)
    assert (parsed.doubt, parsed.value) == (doubt, None)


def test_a_range_tells_its_ends(edition: Edition) -> None:
    assert parse(edition.fact("joined_on"), "2022年9月", TODAY).between == (date(2022, 9, 1), date(2022, 9, 30))
    assert parse(edition.fact("joined_on"), "今年", TODAY).between == (date(2022, 1, 1), TODAY)
    assert parse(edition.fact("score"), "3.8到3.9", TODAY).between == (Decimal("3.8"), Decimal("3.9"))


CHOICES = [
    ("shop_type", "个人店", Parsed("personal")),
    ("shop_type", "我是个体户", Parsed("sole_trader")),
    ("shop_type", "個人店", Parsed("personal")),
    ("shop_type", "旗舰", Parsed("flagship")),
    ("shop_type", "国家", Parsed("pavilion")),
    ("shop_type", "个", Parsed(doubt=Doubt.NOT_UNDERSTOOD)),
    ("shop_type", "拍", Parsed(doubt=Doubt.NOT_UNDERSTOOD)),
    ("shop_type", "不是个人店", Parsed(doubt=Doubt.NOT_UNDERSTOOD)),
    ("shop_type", "应该是个人店", Parsed(doubt=Doubt.AMBIGUOUS)),
    ("shop_type", "不知道", Parsed(doubt=Doubt.UNSURE)),
    ("category", "卖大闸蟹的", Parsed("crab")),
    ("category", "医疗器械类目", Parsed("medical")),
    ("category", "都不是", Parsed("general")),
    ("category", "图书", Parsed(doubt=Doubt.NOT_UNDERSTOOD)),
]


@pytest.mark.parametrize(("fact", "wording", "parsed"), CHOICES)
def test_a_choice_is_known_by_its_names_only(packaged: Catalogue, fact: str, wording: str, parsed: Parsed) -> None:
    assert parse(packaged.edition("2026-07-29").fact(fact), wording, TODAY) == parsed


TWINS = Fact(
    id="type",
    type=FactType.CHOICE,
    label="",
    question="?",
    options=(Option(value="a", label="专营店"), Option(value="b", label="专营企业")),
)


def test_a_short_name_that_fits_two_options_is_asked_back() -> None:
    assert parse(TWINS, "专营", TODAY) == Parsed(doubt=Doubt.AMBIGUOUS)


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("return_rate_30_days", "千分之七", Decimal("0.7")),
        ("return_rate_30_days", "7‰", Decimal("0.7")),
        ("signed_orders_30_days", "91单", 91),
    ],
)
def test_a_rate_per_mille_and_a_count_of_orders_are_read(fact: str, text: str, value: FactValue) -> None:
    assert parse(HUNDRED_POINTS.fact(fact), text, TODAY) == Parsed(value)


BAN = Fact(id="until", type=FactType.DATE, label="", question="?", nullable=True, future=True, none_label="没有")


def test_a_day_that_may_lie_ahead_is_taken_with_its_year_only() -> None:
    assert parse(BAN, "2022-11-01", TODAY) == Parsed(date(2022, 11, 1))
    assert parse(BAN, "30天后", TODAY) == Parsed(date(2022, 11, 9))
    assert parse(BAN, "没有", TODAY) == Parsed(None)
    assert parse(BAN, "11月1日", TODAY).doubt is Doubt.NOT_UNDERSTOOD


FACTS = [fact for each in CATALOGUE.editions for fact in each.facts]
SYLLABLES = "一二三四五六七八九十百零两点分次天月年日号前上周半多几没有不是的了吧被关开过好像约到和0123456789.。,-?!~ "


@given(st.sampled_from(FACTS), st.text(SYLLABLES, max_size=12) | st.text(max_size=80))
def test_no_text_breaks_the_grammar_or_yields_a_value_off_its_bounds(fact: Fact, raw: str) -> None:
    parsed = parse(fact, raw, TODAY)
    assert parsed.doubt is None or parsed.value is None
    if isinstance(parsed.value, Decimal) and fact.highest is not None:
        assert (fact.lowest or 0) <= parsed.value <= fact.highest
    if isinstance(parsed.value, date) and not fact.future:
        assert parsed.value <= TODAY


@given(st.dates(date(2000, 1, 1), date(2040, 12, 31)), st.dates(date(2000, 1, 1), date(2040, 12, 31)))
def test_a_written_day_is_read_back_whatever_today_is(day: date, today: date) -> None:
    fact = next(fact for fact in FACTS if fact.id == "joined_on")
    written = f"{day.year}年{day.month}月{day.day}号"
    assert parse(fact, written, today) == (Parsed(day) if day <= today else Parsed(doubt=Doubt.FUTURE))


@given(st.decimals(0, 5, places=2))
def test_a_written_score_is_read_back_exactly(score: Decimal) -> None:
    fact = next(fact for fact in FACTS if fact.id == "score")
    expected = Parsed(score) if score else Parsed(doubt=Doubt.AMBIGUOUS)
    assert parse(fact, f"体验分{score}分", TODAY) == expected
