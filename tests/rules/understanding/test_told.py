"""What a question tells of a shop, says of the rules, and asks."""

from decimal import Decimal

import pytest

from rules.reading import Reading
from rules.said import About, Aside, Ask, Claim, Said, Told
from rules.side import Side
from rules.understanding import Understanding
from rules.understanding.number_writing import one_number_writing
from rules.understanding.numbers_in_text import numbers
from rules.understanding.told import said_in
from rules.understanding.told_goods import Goods


def said(reader: Understanding, text: str) -> Said:
    return reader.read(text).said


def score(value: str, side: Side = Side.AT, *, fact: str = "score", supposed: bool = False) -> Told:
    return Told(fact=fact, number=Decimal(value), side=side, is_supposed=supposed)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("体验分3,7会清退吗", "体验分3.7会清退吗"),
        ("3。9能开吗", "3.9能开吗"),
        ("体验分三分八", "体验分3.8分"),
        ("三分七五能开吗", "3.75分能开吗"),
        ("3分半会关吗", "3.5分会关吗"),
        ("体验分叁点玖伍", "体验分三点九五"),
        ("差0.1分到4分", "3.9分"),
        ("离4分还差0.05能开吗", "3.95能开吗"),
        ("体验分五十九会清吗", "体验分59会清吗"),
        ("商品体验分只剩五十七了会清吗", "商品体验分只剩57了会清吗"),
        ("第1,2条", "第1,2条"),
        ("3,4月都正常", "3,4月都正常"),
        ("下午3点半", "下午3点半"),
        ("三分五次", "三分五次"),
        ("3.5整会关吗", "3.5分会关吗"),
        ("正在整改", "正在整改"),
        ("22年五月六号被罚", "22年5月6号被罚"),
        ("显示4颗半星", "显示4.5星"),
        ("三点几的分", "3点几的分"),
        ("六十几分能进吗", "60几分能进吗"),
        ("68,2离及格差多少", "68.2离及格差多少"),
        ("得分70,3次被警告", "得分70,3次被警告"),
        ("卡在3.5线会关吗", "刚好3.5会关吗"),
        ("刚70 踩线 安全不", "刚70 刚好 安全不"),
        ("踩线发货", "踩线发货"),
        ("系统关了三趟", "系统关了三次"),
    ],
)
def test_a_number_is_written_one_way(written: str, read: str) -> None:
    assert one_number_writing(written) == read


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("体验分从3.9涨到4.1能开了吗", [score("4.1")]),
        ("体验分昨天4.2今天3.6会关吗", [score("3.6")]),
        ("现在3.95,假如明天掉到3.3会怎样", [score("3.95"), score("3.3", supposed=True)]),
        ("涨回3.9了,之前3.3,还会关吗", [score("3.9")]),
        ("同行3.4分都没被关,我4.1会关吗", [score("4.1")]),
        ("体验分3-4分之间能开吗", []),
        ("3.5到3.8之间会关吗", []),
        ("分数低了0.1就清退吗", []),
        ("目标4.5现在才3.64还差多少能进", [score("3.64")]),
        ("满分5分我店4.2能开联盟吗", [score("4.2")]),
        ("体验分快4分了能进吗", [score("4", Side.BELOW)]),
        ("体验分不到3.5会关吗", [score("3.5", Side.BELOW)]),
        ("体验分4分出头够不够", [score("4", Side.ABOVE)]),
        ("体验分接近3.5了会关吗", []),
        ("四分都勿到,想进联盟", [score("4", Side.BELOW)]),
        ("我有两个店,一个3.6一个4.2,能开吗", []),
        ("3.95四舍五入4.0能过吗", [score("3.95")]),
        ("退货率3.5%会被清退吗", []),
        ("百分之三点六的退货率会清退吗", []),
        ("4.3星能开通吗", []),
        ("佣金设4.1个点行不行", []),
        ("抖店app版本4.2打不开联盟", []),
        ("淘宝店4.9分,抖店能直接开联盟吗", []),
        ("被扣了3分保证金会关联盟吗", []),
        ("带货口碑分4.7,体验分3.9,能进吗", [score("3.9")]),
        ("从3.4爬回3.6了,还会被关掉不", [score("3.6")]),
        ("体验分打3.4升到3.9了", [score("3.9")]),
        ("我表弟的店3.2让清退了,我这4.4有没有风险", [score("4.4")]),
        ("对面那家4.6分 我家3.4 我会被清么", [score("3.4")]),
        ("体验分3.8不过差评多", [score("3.8")]),
        ("体验分3.6和4.5的店哪个会被关", []),
        ("体验分没低于3.5会关吗", [score("3.5", Side.ABOVE)]),
        ("体验分没掉到3.8以下过,会警告吗", [score("3.8", Side.ABOVE)]),
        ("体验分至少3.6会关吗", [score("3.6", Side.ABOVE)]),
        ("体验分最多3.7会关吗", []),
        ("体验分3.5多久会关", [score("3.5")]),
        ("降到3.8以内会警告吗", []),
        ("我哥的店3.3没事 我3.4会被关吗", [score("3.4")]),
        ("我们对面那家4.8 我们家才3.9 能进吗", [score("3.9")]),
        ("体验分69分半能进吗", [score("69.5")]),
        ("我69 商品70 能进不", [score("69")]),
        ("快手小店评分4.8 抖店3.4会关吗", [score("3.4")]),
        ("淘宝店铺评分4.8能开精选联盟吗", []),
        ("从3.4爬回3.6了 还会关吗", [score("3.6")]),
        ("今早3.4昨晚3.6 会关吗", [score("3.4")]),
        ("昨天3.9掉了0.5会关吗", []),
        ("昨天71今天69 联盟没了?", [score("69")]),
        ("前天3.75 今天掉惨了 会关吗", []),
        ("刚70 踩线 安全不", [score("70")]),
        ("70整能开吗", [score("70")]),
        ("出单 今天69 会清吗", []),
        ("昨天71单今天69单 联盟没了?", []),
        ("体验分昨天71今天69 商品分66 会清吗", [score("69")]),
        ("群里说要4.3", []),
        ("抖音3-5天能开通吗", []),
        ("抖音70岁能开吗", []),
        ("游戏体验4.5能进吗", []),
    ],
)
def test_a_number_is_a_score_only_where_its_role_is_sure(
    reader: Understanding, question: str, told: list[Told]
) -> None:
    assert list(said(reader, question).of("score")) == told


@pytest.mark.parametrize(
    ("question", "number", "low", "high"),
    [
        ("3.9几能开不", "3.9", "3.9", "3.99"),
        ("体验分3.4几会关吗", "3.4", "3.4", "3.49"),
        ("体验分3.7多会警告吗", "3.7", "3.7", "3.79"),
        ("体验分三点几会关吗", "3", "3", "3.99"),
        ("体验分3分多会关吗", "3", "3", "3.99"),
        ("体验分六十几会清退吗", "60", "60", "69.99"),
        ("体验分69点几能进吗", "69", "69", "69.99"),
        ("体验分3.5左右会关吗", "3.5", "3.4", "3.6"),
        ("体验分大概3.5会关吗", "3.5", "3.4", "3.6"),
    ],
)
def test_a_number_said_roughly_has_two_ends(
    reader: Understanding, question: str, number: str, low: str, high: str
) -> None:
    (found,) = said(reader, question).of("score")
    assert (found.number, found.low, found.high) == (Decimal(number), Decimal(low), Decimal(high))


def test_the_scores_of_parts_are_told_apart_from_the_total(reader: Understanding) -> None:
    found = said(reader, "商品分4.2物流分3.9服务分4.0总分4.05能进联盟吗")
    assert found.of("score") == (score("4.05"),)
    assert found.of("product_score", "logistics_score") == (
        score("4.2", fact="product_score"),
        score("3.9", fact="logistics_score"),
    )


def test_several_scores_told_in_short_are_told_apart(reader: Understanding) -> None:
    found = said(reader, "体验75商品73 可以不")
    assert found.told == (score("75"), score("73", fact="product_score"))
    assert found.asks == (Ask.ENTER,)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("刚好3.5 会关掉联盟不", "close"),
        ("我4.2 想关掉联盟行吗", "voluntary"),
        ("淘宝4.8 抖音3.3 会关吗", "close"),
        ("淘宝4.8会关吗", "elsewhere"),
        ("总分3.45商品4.8 关不关", "close"),
        ("总分3.45 商品会解绑吗", "unbind"),
        ("从3.4爬回3.6了", "score_at"),
        ("怎么从3.4升到3.6", "raise"),
    ],
)
def test_a_score_told_is_judged_where_a_word_beside_it_leads_elsewhere(
    reader: Understanding, question: str, topic: str
) -> None:
    assert [part.topic for part in reader.read(question).parts] == [topic]


@pytest.mark.parametrize(
    ("question", "fact", "number"),
    [
        ("系统关过三趟,还能开吗", "closures", 3),
        ("系统关过两次,还能开吗", "closures", 2),
        ("被踢了3次了还能再申请不", "closures", 3),
        ("刚刚第三次被系统关,还有救吗", "closures", 3),
        ("机会用掉2次,还剩一次对不对", "closures", 2),
        ("从来没被关过,能开吗", "closures", 0),
        ("三次全被系统关掉了,能不能再给一次", "closures", 3),
        ("还剩两次机会能开吗", "chances_left", 2),
        ("只剩最后一次机会了怎么办", "chances_left", 1),
    ],
)
def test_closings_and_chances_are_counted(reader: Understanding, question: str, fact: str, number: int) -> None:
    (found,) = said(reader, question).of("closures", "chances_left")
    assert (found.fact, found.number) == (fact, number)


@pytest.mark.parametrize(
    ("question", "aside"),
    [
        ("试了3次都没开通成功,还能再试吗", Aside.REFUSED),
        ("申请被拒了三次,是不是永久不能开了", Aside.REFUSED),
        ("被警告三次了会不会永久关", Aside.WARNED),
        ("警告短信来了两条,再来一条是不是就永封", Aside.WARNED),
        ("违规两次了会不会永久不能开", Aside.BREACHES),
        ("我自己手动关了三次联盟,会不会永久开不了", Aside.OWN_CLOSING),
    ],
)
def test_a_count_of_something_else_is_no_closing(reader: Understanding, question: str, aside: Aside) -> None:
    found = said(reader, question)
    assert found.of("closures", "chances_left") == ()
    assert aside in found.asides


@pytest.mark.parametrize("question", ["申请失败了两次,是不是只剩一次机会了", "收到三次警告,是不是等于关闭三次"])
def test_a_count_asked_about_is_not_told(reader: Understanding, question: str) -> None:
    assert said(reader, question).of("closures", "chances_left") == ()


@pytest.mark.parametrize(
    "question",
    [
        "我开了三次店了,能进联盟吗",
        "这是第二次问你了,联盟怎么开",
        "换了2次法人,还剩几次机会",
    ],
)
def test_what_is_counted_by_nobody_is_not_told(reader: Understanding, question: str) -> None:
    assert said(reader, question).told == ()


@pytest.mark.parametrize(
    "question", ["快手关了3次,体验分4.1能开吗", "抖音号被封3次,抖店3.9能开吗", "抖店被关过 4.1能开吗"]
)
def test_closings_elsewhere_and_scores_are_no_count(reader: Understanding, question: str) -> None:
    assert said(reader, question).of("closures") == ()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("入驻第60天没体验分能开吗", Told(fact="joined_on", number=Decimal(60))),
        ("入驻60天内没有体验分能开吗", Told(fact="joined_on", number=Decimal(60), side=Side.BELOW)),
        ("开店两个月没有体验分能开吗", Told(fact="joined_on", day="两个月前")),
        ("400天前违规过能开吗", Told(fact="penalties", number=Decimal(400))),
        ("去年9月被罚过能开吗", Told(fact="penalties", day="去年9月")),
        ("去年今天被罚的还影响吗", Told(fact="penalties", day="去年今天")),
        ("入驻30天 没体验分 没违规 能开吗", Told(fact="joined_on", number=Decimal(30))),
        ("入驻30天 没体验分 没违规 能开吗", Told(fact="penalties", holds=False)),
        ("平台判定高风险能开吗", Told(fact="platform_risk", holds=True)),
        ("入驻刚过60天没体验分能开吗", Told(fact="joined_on", number=Decimal(61), side=Side.ABOVE)),
        ("成长期分71能进吗", Told(fact="growth_score", number=Decimal(71))),
        ("从来没违规能开吗", Told(fact="penalties", holds=False)),
        ("近30天没有违规能进联盟吗", Told(fact="penalties", number=Decimal(30), holds=False)),
        ("被罚过能开吗", Told(fact="penalties")),
        ("个人店开了59天能进联盟吗", Told(fact="opened_on", number=Decimal(59))),
        ("另一个店被封了,这个店能开联盟吗", Told(fact="related_serious_violation")),
        ("另一个店被严重处罚了我能开吗", Told(fact="related_serious_violation", holds=True)),
        ("品牌资质没传能进联盟吗", Told(fact="brand_documents_complete", holds=False)),
        ("店铺停业整顿中能开联盟吗", Told(fact="operating_normally", holds=False)),
        ("我体验分3.9,已经开通了,会不会被关", Told(fact="in_alliance", holds=True)),
        ("开店65天还没有体验分能不能开通", Told(fact="score")),
    ],
)
def test_a_condition_is_told_with_its_value(reader: Understanding, question: str, told: Told) -> None:
    assert told in said(reader, question).told


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("冬虫夏草店体验分74能进吗", Told(fact="category", choice="cordyceps")),
        ("卖草莓的体验分71能进吗", Told(fact="category", choice="fruit")),
        ("卖水果的体验分71能进吗", Told(fact="category", choice="fruit", other="general")),
        ("卖海鲜的体验分74能进吗", Told(fact="category", choice="seafood", other="general")),
        ("我是企业店,体验分85", Told(fact="shop_type", choice="enterprise")),
        ("因虚假宣传被处理过能开吗", Told(fact="new_shop_breach", holds=True)),
        ("没授权能进联盟吗", Told(fact="brand_documents_complete", holds=False)),
        ("杂牌无授权能进联盟吗", Told(fact="brand_documents_complete", holds=False)),
    ],
)
def test_the_kind_of_goods_and_of_shop_is_told(reader: Understanding, question: str, told: Told) -> None:
    assert told in said(reader, question).told


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("3,5和3,4是一个待遇吗", ("3.5", "3.4")),
        ("我有两个店,一个3.6一个4.2,能开吗", ("3.6", "4.2")),
        ("从3.9掉到3.6会关吗", ()),
        ("体验分3.5到3.8之间会关吗", ()),
        ("商品分4.2物流分3.9服务分4.0总分4.05能进联盟吗", ()),
    ],
)
def test_scores_side_by_side_are_compared_and_none_is_told(
    reader: Understanding, question: str, numbers: tuple[str, ...]
) -> None:
    assert said(reader, question).compared == tuple(map(Decimal, numbers))


def test_the_day_of_applying_is_the_day_that_counts(reader: Understanding) -> None:
    found = said(reader, "22年5月6号被罚 23年5月8号申请,那条记录还算吗")
    assert [(one.fact, one.day) for one in found.told] == [("penalties", "22年5月6号"), ("today", "23年5月8号")]


def test_a_year_of_two_digits_is_no_span(reader: Understanding) -> None:
    assert said(reader, "22年被罚的还算吗").told == (Told(fact="penalties", day="22年"),)


def test_what_is_told_of_another_shop_is_not_told_of_the_own(reader: Understanding) -> None:
    assert said(reader, "朋友的店被关了3次,我会受影响吗").told == ()
    assert said(reader, "朋友的店被踢了3次,还能再开吗").of("closures") != ()
    assert said(reader, "我媳妇的店被关了3次 我的店能开吗").of("closures") == ()


def test_how_many_chances_are_left_is_asked_of_the_own_shop_unless_another_is_named(reader: Understanding) -> None:
    assert said(reader, "还有几次机会").own
    assert not said(reader, "朋友的店还有几次机会").own
    assert not said(reader, "每个商家有几次机会").own


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("隔壁老王3.4都没关 我3.9怕啥", [score("3.9")]),
        ("我3.9怕啥 隔壁老王3.4都没关", [score("3.9")]),
        ("我朋友3.4被清了,我家3.6要紧吗", [score("3.6")]),
        ("邻居家的小店评分3.3都没被踢 俺家3.75要不要紧", [score("3.75")]),
        ("有个朋友关了3次还能开 我关了1次能开吗", [Told(fact="closures", number=Decimal(1))]),
        ("另一家店3.4,这家3.9会关吗", [score("3.9")]),
        ("同行3.2都没清凭啥清我", []),
        ("朋友说3.6会关 我3.6会关吗", [score("3.6")]),
        ("朋友的店3.9能开吗", [score("3.9")]),
        ("王总 3.4会关吗", [score("3.4")]),
    ],
)
def test_a_number_of_somebody_else_beside_ones_own_is_not_told(
    reader: Understanding, question: str, told: list[Told]
) -> None:
    assert list(said(reader, question).told) == told


@pytest.mark.parametrize(
    ("question", "fact", "number"),
    [
        ("上回挨罚到今天366天 还算不", "penalties", 366),
        ("处罚那天到今天正好365天 还算吗", "penalties", 365),
        ("今天是挨罚后第366天 能开吗", "penalties", 366),
        ("入驻到今天61天 没分 能开吗", "joined_on", 61),
    ],
)
def test_days_are_counted_up_to_today(reader: Understanding, question: str, fact: str, number: int) -> None:
    assert said(reader, question).of(fact) == (Told(fact=fact, number=Decimal(number)),)


@pytest.mark.parametrize(
    "question", ["处罚到昨天刚满365天 今天还算吗", "处罚到明天满366天 明天能开吗", "今天是处罚第366天", "淘宝店开了5年"]
)
def test_days_counted_from_or_to_an_unsure_day_are_not_told(reader: Understanding, question: str) -> None:
    assert said(reader, question).of("penalties", "joined_on") == ()


def test_a_day_given_as_today_is_told_as_such(reader: Understanding) -> None:
    found = said(reader, "处罚是2022年12月1日,现在是2023年11月29日,还算吗")
    assert [(one.fact, one.day) for one in found.told] == [("penalties", "2022年12月1日"), ("today", "2023年11月29日")]


@pytest.mark.parametrize(
    ("question", "claim"),
    [
        ("听说新店必须满60天才能进精选联盟,是不是", Claim(about=About.WAITING, number=Decimal(60), side=Side.ABOVE)),
        ("说是4.3分以上才让进,对吗", Claim(about=About.ENTRY_LIMIT, number=Decimal("4.3"), side=Side.ABOVE)),
        ("低于3.8就强制关闭,真的假的", Claim(about=About.CLOSES, number=Decimal("3.8"), side=Side.BELOW)),
        ("低于3.5不关,只警告,是这样吧", Claim(about=About.CLOSES, number=Decimal("3.5"), side=Side.BELOW, denies=True)),
        ("系统关两次就永久封了是吗", Claim(about=About.FOREVER, number=Decimal(2))),
        ("一个商家有5次开通机会吧", Claim(about=About.CHANCES, number=Decimal(5), side=Side.AT)),
        ("处罚满半年就不算了,没错吧", Claim(about=About.PENALTY_DAYS, number=Decimal(182), side=Side.ABOVE)),
        ("警告后有7天整改期是吧", Claim(about=About.GRACE)),
        ("没警告就不会关对吧", Claim(about=About.WARNED_FIRST)),
        ("连续三天低于3.5才关,是吗", Claim(about=About.GRACE)),
        ("体验分低于3.5一个月才关对吧", Claim(about=About.GRACE)),
        ("处罚365天就清零,是吧", Claim(about=About.PENALTY_DAYS, number=Decimal(365), side=Side.ABOVE)),
        ("一年只能申请三次对吧", Claim(about=About.RATE)),
        ("听说一年内被关三次就永久不能开,是真的吗", Claim(about=About.RATE)),
        (
            "听说商品体验分低于65就清退,是吗",
            Claim(about=About.CLOSES, fact="product_score", number=Decimal(65), side=Side.BELOW),
        ),
    ],
)
def test_what_is_said_of_the_rules_is_a_claim_with_its_direction(
    reader: Understanding, question: str, claim: Claim
) -> None:
    assert claim in said(reader, question).claims


def test_a_claim_names_its_score_and_none_is_made_of_what_only_some_of_a_kind_need(reader: Understanding) -> None:
    (found,) = said(reader, "听说商品体验分低于65就清退 真的吗").claims
    assert found == Claim(about=About.CLOSES, fact="product_score", number=Decimal(65), side=Side.BELOW)
    assert said(reader, "大闸蟹要75才能进 对吗").claims[0].number == Decimal(75)
    assert said(reader, "水果要75才能进 对吗").claims == ()
    assert said(reader, "听说水果要72分对吗").of("score") == ()
    assert said(reader, "听说大闸蟹要80分").of("score") == ()
    assert said(reader, "个人店必须开满60天 是吗").claims == ()


@pytest.mark.parametrize(
    "question",
    [
        "好评率只有69%,听说低于70就清退",
        "听说好评率低于70就清退,对吗",
        "听说物流分低于60就清退,是吗",
        "佣金要4个点才能进对吗",
    ],
)
def test_a_number_of_something_else_claims_nothing_of_the_score(reader: Understanding, question: str) -> None:
    assert said(reader, question).claims == ()


@pytest.mark.parametrize("question", ["一年查三次体验分对吧", "近一年被关了3次还能开吗", "一年内不能违规三次对吧"])
def test_times_in_a_span_are_a_claim_only_of_applying_and_closing(reader: Understanding, question: str) -> None:
    assert Claim(about=About.RATE) not in said(reader, question).claims


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("3.63能开吗,会关吗", (Ask.ENTER, Ask.CLOSE)),
        ("被系统关过两次,体验分4.2,能重新开吗", (Ask.ENTER,)),
        ("被系统关过一回,还剩几回", (Ask.LEFT,)),
        ("体验分3.79会收到警告吗", (Ask.WARN,)),
        ("会不会被关了,体验分3.6", (Ask.CLOSE,)),
    ],
)
def test_what_is_asked_is_not_what_is_told(reader: Understanding, question: str, asks: tuple[Ask, ...]) -> None:
    assert said(reader, question).asks == asks


@pytest.mark.parametrize("question", ["怎么开通精选联盟", "精选联盟是什么", "清退后商品怎么办", "你好", ""])
def test_a_plain_question_tells_nothing(reader: Understanding, question: str) -> None:
    assert said(reader, question) == Said()


def test_what_is_said_survives_being_remembered(reader: Understanding) -> None:
    reading = reader.read("体验分快4分了,系统关过两次,去年9月被罚过,听说低于3.8就关,是不是")
    assert Reading.model_validate_json(reading.model_dump_json()) == reading


@pytest.mark.parametrize(
    "told",
    [
        "没有体验分",
        "体验分暂无",
        "体验分空白",
        "没被关过",
        "机会用完了",
        "最后一次机会",
        "从来没违规",
        "零违规",
        "被处罚过",
        "店铺停业",
    ],
)
def test_what_tells_something_is_not_passed_over(told: str) -> None:
    """The look for a first sign (`tells`) only saves time."""
    assert said_in(told, numbers(told), frozenset(), Goods(())).told != ()
