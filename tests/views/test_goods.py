"""Questions about goods, products and kinds of shops under 2026-07-29: how the reply begins, and what it quotes."""

import pytest

from bot.commands.evaluate_reader import lead
from bot.views.answer import quoted
from bot.views.other_edition import EditionOffers
from rules.understanding import Understanding
from tests.packaged import CATALOGUE, HUNDRED_POINTS
from tests.views.test_leads import TODAY

OFFERS = EditionOffers(CATALOGUE, HUNDRED_POINTS)
READER = Understanding(HUNDRED_POINTS, catalogue=CATALOGUE)

SAID = [
    # A kind of goods has its own line, entering and staying.
    ("荔枝71分会被清退吗", "会：体验分 71 低于 72", "4.3"),
    ("荔枝72分商品体验分70能进吗", "能过这几条：体验分 72 达到 72", "3.3"),
    ("大闸蟹商品体验分72能进吗", "还不能：商品体验分 72 没有高于 72", "3.3"),
    ("大闸蟹没有体验分能进吗", "要看情况：还没有正式体验分，看成长期体验分，要达到 75", "3.3"),
    ("大闸蟹180天严重违规3次体验分76商品体验分74能进吗", "还不能：河蟹的严重违规次数 3次 没有低于 3次", "3.3"),
    ("医疗器械旗舰店体验分80商品体验分75近30天均值74能进吗", "还不能：近 30 天商品体验分均值 74 不到 75", "3.3"),
    ("个人店珠宝没有体验分", "还不能：没有体验分，珠宝文玩", "3.3"),
    ("车厘子差评率20%体验分75商品体验分72会被清退吗", "会清退：车厘子的差评率 20% 没有低于 20%", "4.3"),
    ("氢氧机品退率0.71会清退店铺吗", "会清退：氢氧机的品质退货率 0.71% 超过 0.7%", "4.3"),
    ("茶叶礼盒旗舰店能进吗", "能过这一条：多品种茶叶礼盒接受旗舰店", "3.3"),
    ("茶叶礼盒专卖店能进吗", "还不能：多品种茶叶礼盒不接受专卖店", "3.3"),
    ("企业店卖手机会被清退吗", "会清退：手机/U盘/飞行器不接受企业店", "4.3"),
    # Goods that are not the shop's, or no such goods.
    ("我不卖大闸蟹体验分71会清退吗", "这一项不清退：体验分 71 不低于 70", "4.1.1"),
    ("同行卖大闸蟹74分被清退了，我卖袜子71分会吗", "体验分 71 达到 70", "3.1.3"),
    ("樱桃木家具体验分71会清退吗", "这一项不清退：体验分 71 不低于 70", "4.1.1"),
    ("葡萄柚体验分71能进吗", "能过这一条：体验分 71 达到 70", "3.1.3"),
    ("我卖大闸蟹和牙雕体验分78会清退吗", "这一项不清退：体验分 78 不低于 70", "3.3"),
    # One product, and the shop.
    ("某个商品体验分50店铺会被清退吗", "会清退这个商品：商品体验分 50 低于 60；店铺的权限不受单个商品影响", "4.2.1"),
    ("钱币商品体验分61商品会被清退吗", "要看类目：商品体验分 61，各类目的线是 60 或 65", "4.2.1"),
    ("品退率0.7%会被清退吗", "不会因这一项清退：近 30 天品质退货率 0.7% 不超过 0.8%", "4.2.1"),
    ("品退率3%会被清退吗", "要看类目：近 30 天品质退货率 3%，各类目的线是 0.8% 到 5%", "4.2.1"),
    ("品退率6%会被清退吗", "会清退这个商品：近 30 天品质退货率 6% 超过 5%；店铺的权限还在", "4.2.1"),
    # Kinds of shops.
    ("我不是个人店开业30天能进吗", "能过这一条：入驻 30 天，不再看新店违规处理记录", "3.1"),
    ("个体店能进吗", "要看准入标准，和其他店一样：个体店没有开业天数的要求", "3.1.9"),
    ("听说个人店要60天对吗", "要看开业的天数：个人店要开业满 60 天", "3.1.9"),
    ("国家馆会被清退吗", "规则没有写因此清退，这是入驻的条件：国家馆暂不能准入", "3.1.10"),
    ("0元入驻保证金补足了能进吗", "能过这一条：保证金这一条满足", "3.1.7"),
    # Cleared for something else than a score.
    ("商标过期会被清退吗", "会清退：品牌资质这一条不符合", "4.1.2"),
    ("卖假货会被清退吗", "会：有严重违规或风险、危及消费者权益的，清退", "4.1.3"),
    ("入驻29天，有欺诈发货记录，已开通，会被清退吗", "会清退：新店违规处理记录这一条不符合", "4.1.4"),
    ("店铺被清退了怎么办", "清退后重新达到准入标准，可以再次开通", "4.1.8"),
    ("体验分69会被清退吗", "会：体验分 69 低于 70，关闭权限；没有警告这一档", "4.1.1"),
]


@pytest.mark.parametrize(("question", "begins", "number"), SAID, ids=[question for question, *_ in SAID])
def test_it_begins_with_what_follows_and_quotes_the_provision(question: str, begins: str, number: str) -> None:
    reading = READER.read(question)
    assert lead(OFFERS, reading, TODAY).startswith(begins)
    cited = [
        one for clause in quoted(HUNDRED_POINTS, reading, OFFERS, today=TODAY) for one in clause.number.split("、")
    ]
    assert any(one.startswith(number) for one in cited), cited


@pytest.mark.parametrize(
    "question", ["海鲜酱能进吗", "二手车能进联盟吗", "螃蟹玩具能进联盟吗", "我用手机登不上抖店能入驻吗"]
)
def test_what_only_sounds_like_goods_of_a_category_is_not_held_to_its_rule(question: str) -> None:
    reading = READER.read(question)
    numbers = [clause.number for clause in quoted(HUNDRED_POINTS, reading, OFFERS, today=TODAY)]
    assert "3.3" not in numbers


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("大闸蟹要多少分", "现行 2026-07-29 版（100 分制）：河蟹要体验分不低于 75 分，商品体验分高于 72 分"),
        ("荔枝体验分71能进吗", "按 2026-07-29 版（100 分制）：还不能：体验分 71 不到 72"),
    ],
)
def test_an_edition_that_is_over_names_what_holds_of_the_goods_today(question: str, line: str) -> None:
    five = EditionOffers(CATALOGUE, CATALOGUE.edition("2022-10-10"))
    reading = Understanding(five.answering, catalogue=CATALOGUE).read(question)
    assert line in lead(five, reading, TODAY)


# A number said of the rule is no fact of the shop: it is judged by what the rule says.
CLAIMED = [
    ("听说钱币要80分对吗", "对：钱币/牙雕/骨雕要体验分达到 80"),
    ("听说大闸蟹要80分", "不对，不是 80：河蟹要体验分达到 75"),
    ("听说大闸蟹商品体验分要72分对吗", "不对，不是 72：河蟹要商品体验分高于 72"),
    ("听说荔枝75分才能进对吗", "不对，不是 75：部分水果要体验分达到 72"),
    ("听说小龙虾72分就行对吗", "不对，不是 72：鲜活水产要体验分达到 75"),
    ("听说荔枝低于75就清退对吗", "不对：部分水果的体验分低于 72 就清退"),
    ("听说荔枝要72分对吗", "对：部分水果要体验分达到 72"),
    ("听说医疗器械专营店不能进对吗", "不对：医疗器械接受专营店；分数和其他条件也要满足"),
    ("听说大闸蟹个人店不能进对吗", "对：河蟹不接受个人店"),
    ("听说国家馆不能进对吗", "对：国家馆暂不能准入"),
    ("听说新店期是60天对吗", "不对：入驻不满 30 天的是新店"),
    ("听说新店期是30天对吗", "对：入驻不满 30 天的是新店"),
    ("企业店要开业60天吗", "不用等，没有满多少天才能开通的规定（个人店要开业满 60 天，是例外）"),
    ("个人店升级企业店还要60天吗", "不用等，没有满多少天才能开通的规定（个人店要开业满 60 天，是例外）"),
    ("听说体验分低于75就清退对吗", "不对：低于 70 才关闭，刚好 70 不关闭；部分类目的线更高（72 到 80）"),
    (
        "听说商品体验分低于65就清退对吗",
        "不对：低于 60 才关闭，刚好 60 不关闭；部分类目的线更高（70 到 75）；单个商品另看商品的线 65 或 60（看类目）",
    ),
    ("听说体验分75才能进", "不对，不是 75：体验分达到 70 分就满足这一条，刚好 70 也算；部分类目的线更高（72 到 80）"),
]


@pytest.mark.parametrize(("question", "begins"), CLAIMED, ids=[question for question, _ in CLAIMED])
def test_a_number_said_of_the_rule_is_judged_by_the_rule(question: str, begins: str) -> None:
    assert lead(OFFERS, READER.read(question), TODAY).startswith(begins)


@pytest.mark.parametrize(
    "question",
    [
        "听说医疗器械专营店不能进对吗",
        "听说二手品退率上限6%对吗",
        "听说好评率要80%对吗",
        "听说要80分对吗",
        "听说水果要72分对吗",
    ],
)
def test_what_is_said_of_the_rule_is_not_told_of_a_shop(question: str) -> None:
    said = lead(OFFERS, READER.read(question), TODAY)
    assert not said.startswith(("还不能", "能过", "会清退", "不会因"))


@pytest.mark.parametrize("question", ["听说要70分才能进对吗", "体验分要70才能进对吗", "听说体验分75才能进"])
def test_a_number_said_of_the_rule_is_judged_by_the_edition_of_its_scale(question: str) -> None:
    old = EditionOffers(CATALOGUE, CATALOGUE.edition("2022-10-10"))
    said = lead(old, Understanding(old.answering, catalogue=CATALOGUE).read(question), TODAY)
    assert "体验分达到 70 分就满足这一条" in said
    assert "4.0" not in said.partition("。")[0]


NEW_SHOPS = [
    ("新店29天物流轨迹异常能进吗", "还不能：新店违规处理记录这一条不符合"),
    ("入驻29天违规营销能进吗", "还不能：新店违规处理记录这一条不符合"),
    ("入驻29天欺诈发货会清退吗", "会清退：新店违规处理记录这一条不符合"),
    ("入驻30天虚假宣传会清退吗", "不会因此清退：入驻 30 天，不再看新店违规处理记录"),
    ("入驻45天虚假宣传", "能过这一条：入驻 45 天，不再看新店违规处理记录"),
    ("入驻45天虚假宣传能进吗", "能过这一条：入驻 45 天，不再看新店违规处理记录"),
    ("老店虚假宣传能进吗", "不再看这一条：入驻满 30 天的店"),
]


@pytest.mark.parametrize(("question", "begins"), NEW_SHOPS, ids=[question for question, _ in NEW_SHOPS])
def test_what_a_new_shop_did_counts_up_to_the_day_of_the_rule(question: str, begins: str) -> None:
    assert lead(OFFERS, READER.read(question), TODAY).startswith(begins)


PROVISIONS = [
    ("苹果要多少分", "商家体验分不低于 70 分，商品体验分不低于 60 分；部分类目更高", "3.1.3"),
    ("听说二手品退率上限6%对吗", "要看订单和品质退货率：近 30 天签收超过 90 单的，品质退货率不超过 4%", "3.3"),
    ("腕表要什么条件", "腕表只接受平台名单里的品牌", "3.3"),
    ("冷冻梭子蟹要什么", "虾仁、冷冻梭子蟹要有近 6 个月的第三方检测报告", "3.3"),
    ("哪些类目要80分", "部分类目要求更高", "3.3"),
    ("沉睡店铺会被清退吗", "会：没有体验分的沉睡店铺也清退", "4.1.1"),
    ("高风险店铺会被清退吗", "会清退：平台提示的风险这一条不符合", "4.1.3"),
    ("什么店铺类型不能入驻", "国家馆和拍卖店暂时不能入驻", "3.1.10"),
    ("个人店要满多久", "个人店要开业满 60 天才能入驻", "3.1.9"),
    ("严重违规限制几天", "要看处罚通知上的截止日：按违规轻重，限制 3 到 90 天不等", "3.1.4"),
    ("听说严重违规永久不能进对吗", "不对，不是永久：严重违规限制 3 到 90 天不等", "3.1.4"),
]


@pytest.mark.parametrize(("question", "begins", "number"), PROVISIONS, ids=[question for question, *_ in PROVISIONS])
def test_a_short_question_is_answered_by_its_provision(question: str, begins: str, number: str) -> None:
    reading = READER.read(question)
    assert lead(OFFERS, reading, TODAY).startswith(begins)
    assert number in [clause.number for clause in quoted(HUNDRED_POINTS, reading, OFFERS, today=TODAY)]


def test_no_wait_after_a_clearing_does_not_deny_the_ban_of_a_serious_breach() -> None:
    assert "有严重违规的，限制期内不能入驻" in lead(OFFERS, READER.read("清退后要等30天吗"), TODAY)
