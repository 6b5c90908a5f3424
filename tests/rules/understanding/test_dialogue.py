"""What is remembered between the messages of a chat, and what of it the next one leans on."""

from decimal import Decimal
from pathlib import Path

import pytest

from rules.edition import Edition
from rules.memory import Memory
from rules.reading import AnswerKind, Reading
from rules.said import Ask, Told
from rules.understanding import Understanding
from rules.understanding.dialogue import follow
from rules.understanding.evaluation import labelled

SETS = Path(__file__).parents[2] / "questions"
EVERY = 4
"""Every fourth line of a set is read after a talk, to be quick."""


def talk(reader: Understanding, *texts: str) -> tuple[Reading, Memory]:
    """The reading of the last message, and the memory after it."""
    memory = Memory()
    for text in texts:
        reading, memory = follow(reader, memory, text)
    return reading, memory


def told(memory: Memory) -> dict[str, Decimal | bool | None]:
    return {one.fact: one.number if one.holds is None else one.holds for one in memory.told}


def clauses(reading: Reading) -> list[str]:
    return [clause for part in reading.parts for clause in part.clauses]


def test_a_value_told_anew_replaces_the_one_of_the_same_fact(reader: Understanding) -> None:
    _, memory = talk(reader, "我在联盟里,体验分3.7", "被关过两次", "现在体验分4.1")
    assert told(memory)["score"] == Decimal("4.1")
    assert told(memory)["closures"] == 2


@pytest.mark.parametrize(
    "text",
    [
        "如果体验分3.4",
        "朋友的店体验分3.4会关吗",
        "听说3.9就被清退,是吗",
        "低于3.5会被关吗",
        "淘宝店体验分3.4",
        "血糖3.4",
        "3.4和3.5一样吗",
        "隔壁望远镜公司骑鲸鱼去火星,开店第30天",
    ],
)
def test_what_is_no_fact_of_the_own_shop_does_not_stay(reader: Understanding, text: str) -> None:
    assert talk(reader, "体验分3.7", text)[1].told == (Told(fact="score", number=Decimal("3.7")),)


def test_a_day_said_to_be_today_is_of_that_message_alone(reader: Understanding) -> None:
    _, memory = talk(reader, "今天是2023年3月6日,2023年1月1日被罚过,能开吗")
    assert [one.fact for one in memory.told] == ["penalties"]


def test_a_kind_of_shop_gives_way_to_another_one(reader: Understanding) -> None:
    assert [one.fact for one in talk(reader, "旗舰店体验分3.7能开吗", "普通店呢")[0].said.told] == ["score"]


@pytest.mark.parametrize("text", ["淘宝联盟能开吗", "今天天气怎么样,会关吗"])
def test_nothing_is_laid_under_what_is_none_of_ours(reader: Understanding, text: str) -> None:
    reading, _ = talk(reader, "体验分3.7", text)
    assert (reading.kind, reading.said.told) == (AnswerKind.OUT_OF_SCOPE, ())


def test_what_is_none_of_ours_leaves_everything_as_it_was(reader: Understanding) -> None:
    _, before = talk(reader, "体验分3.7会关吗")
    assert follow(reader, before, "今天天气怎么样")[1] == before
    assert follow(reader, before, "谢谢")[1] == before


@pytest.mark.parametrize(
    "text", ["清退标准", "精选联盟有几次机会", "怎么开通精选联盟", "系统多久校验一次体验分", "体验分怎么算"]
)
def test_a_question_that_stands_by_itself_is_answered_as_ever(reader: Understanding, text: str) -> None:
    alone, _ = talk(reader, text)
    after, _ = talk(reader, "我体验分3.7,被关过两次", text)
    assert (after.parts, after.said.told) == (alone.parts, ())


@pytest.mark.parametrize(
    "text",
    [
        "12345678",
        "1+1等于几",
        "3.14159",
        "信用分低于600怎么办",
        "小红书薯店入驻条件第三条",
        "点解落雨",
        "直播间没人看咋整",
        "怎么在抖音卖自己种的水果",
        "蓝牙连接不上怎么办",
        "抖店个人店怎么升级",
    ],
)
def test_what_is_none_of_ours_leans_on_nothing(reader: Understanding, text: str) -> None:
    assert talk(reader, "我体验分3.7", "被系统关过两次", text)[0].kind is AnswerKind.OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("text", "score"), [("体验分昨天4.2今天3.6会关吗", "3.6"), ("隔壁老王3.4都没关 我3.9怕啥", "3.9")]
)
def test_a_score_read_for_sure_is_no_swap_for_another_number(reader: Understanding, text: str, score: str) -> None:
    reading, _ = talk(reader, "体验分3.7会关吗", text)
    assert [str(one.number) for one in reading.said.told] == [score]


@pytest.mark.parametrize("text", ["4.3星能开通吗", "怎么才能加入抖音精选联盟", "分还没出来,上得了联盟不"])
def test_a_score_told_before_is_not_laid_where_it_would_answer_something_else(reader: Understanding, text: str) -> None:
    assert talk(reader, "我体验分3.7", text)[0].said.told == ()


@pytest.mark.parametrize(
    ("before", "text", "fact"),
    [
        ("我体验分3.7", "小店开了58天,分还没出来,上得了联盟不", "score"),
        ("我体验分85", "被系统关过两次,能开吗", "score"),
        ("被系统关过两次", "老板们 体验分正好3.5 会关联盟权限不", "closures"),
    ],
)
def test_a_fact_is_not_laid_under_what_it_has_no_bearing_on(
    reader: Understanding, before: str, text: str, fact: str
) -> None:
    reading, _ = talk(reader, before, text)
    assert fact not in {one.fact for one in reading.said.told if one.number not in (Decimal("3.5"), None)}


def test_a_swap_has_one_value_of_a_fact_and_no_impossible_one(reader: Understanding) -> None:
    assert told(talk(reader, "体验分3.7会关吗", "那昨天3.9今天3.6呢")[1]) == {"score": Decimal("3.6")}
    assert told(talk(reader, "被系统关过两次还能开吗", "那2333呢")[1])["closures"] == 2


def test_the_way_back_after_a_closing_is_no_question_of_a_closing(reader: Understanding) -> None:
    reading, _ = talk(reader, "体验分3.4", "联盟被清退怎么重新开通")
    assert reading.parts[0].topic == "reopen"
    assert reading.said.asks == (Ask.ENTER,)


@pytest.mark.parametrize("name", ["dev.jsonl", "blind.jsonl", "tune.jsonl"])
def test_lines_that_are_none_of_ours_are_refused_after_a_talk_too(reader: Understanding, name: str) -> None:
    _, memory = talk(reader, "我体验分3.7", "被系统关过两次")
    lines = labelled((SETS / name).read_text("utf-8").splitlines()[::EVERY])
    refused = [one.q for one in lines if not (one.in_scope or is_answered(reader.read(one.q, memory.reading)))]
    answered = [text for text in refused if is_answered(follow(reader, memory, text)[0])]
    assert set(answered) <= {"怎么办"}, "a bare question for what to do is of what was told"


def is_answered(reading: Reading) -> bool:
    return reading.kind in (AnswerKind.ANSWER, AnswerKind.CHOICES)


def test_the_quotes_are_those_of_the_values_told_before(reader: Understanding) -> None:
    assert clauses(talk(reader, "体验分3.7", "会关吗")[0]) == ["clearing.warning", "clearing.closing"]
    assert clauses(talk(reader, "200天前被罚过", "体验分4.5能开吗")[0]) == ["entry.score", "admission.penalties"]
    assert clauses(talk(reader, "体验分3.7", "那能开吗")[0]) == ["entry.score"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("自动开通的条件", "第二条是什么意思"), ["entry.score"]),
        (("自动开通的条件", "第二条是什么意思", "那第三条呢"), ["entry.normal"]),
        (("自动开通的条件", "第二条是什么意思", "最后一条"), ["entry.normal"]),
        (("自动开通的条件", "体验分3.4会关吗", "第一条呢"), ["entry.closures"]),
        (("准入标准", "自动开通的条件", "第三条呢"), ["entry.normal"]),
        (("自动开通的条件", "准入标准第三条"), ["admission.score"]),
        (("自动开通的条件", "第九条"), ["entry.closures", "entry.score", "entry.normal"]),
        (("体验分3.7会怎样", "第二条呢"), ["clearing.warning"]),
    ],
)
def test_a_place_is_one_of_the_list_last_shown(
    reader: Understanding, texts: tuple[str, ...], expected: list[str]
) -> None:
    assert clauses(talk(reader, *texts)[0]) == expected


@pytest.mark.parametrize(
    ("texts", "topic"),
    [
        (("体验分3.4会关吗", "链接呢"), "unbind"),
        (("体验分3.4会关吗", "视频呢"), "unbind"),
        (("will I be closed at 3.3", "and my videos?"), "unbind"),
        (("旗舰店要传哪些品牌资质", "普通店呢"), "adm6"),
        (("开店第30天",), "new_shop"),
        (("已经开着的会关吗",), "close"),
        (("我体验分85", "满分100的那种"), "auto_score"),
        (("另一家店卖假货被清退了,这家受影响吗", "那家是我老婆名字开的"), "adm5"),
    ],
)
def test_few_words_are_read_by_what_was_said_before(reader: Understanding, texts: tuple[str, ...], topic: str) -> None:
    assert [part.topic for part in talk(reader, *texts)[0].parts] == [topic]


@pytest.mark.parametrize("text", ["链接呢", "两次呢", "那65呢", "打错了", "普通店呢"])
def test_with_nothing_said_before_there_is_nothing_to_lean_on(reader: Understanding, text: str) -> None:
    assert talk(reader, text)[0].kind is AnswerKind.OUT_OF_SCOPE


@pytest.mark.parametrize("text", ["那要等多久", "那第三条呢"])
def test_what_leans_on_an_answer_is_not_answered_without_one(reader: Understanding, text: str) -> None:
    assert talk(reader, text)[0].kind in (AnswerKind.OUT_OF_SCOPE, AnswerKind.NOT_COVERED)


def test_a_count_of_something_else_is_no_closing(reader: Understanding) -> None:
    assert "closures" not in told(talk(reader, "体验分3.9能开吗", "两次呢")[1])
    assert told(talk(reader, "被关过一次还能开吗", "警告三次会关吗")[1])["closures"] == 1


def test_the_value_put_right_is_gone(reader: Understanding) -> None:
    reading, memory = talk(reader, "体验分4.4能开吗", "我说的是商品体验分")
    assert told(memory) == {"product_score": Decimal("4.4")}
    assert [one.fact for one in reading.said.told] == ["product_score"]


def test_a_list_of_another_edition_is_not_known_here(reader: Understanding, edition: Edition) -> None:
    _, memory = talk(reader, "自动开通的条件")
    renamed = [part.model_copy(update={"clauses": ("gone.one", "gone.two")}) for part in memory.listed]
    lost = memory.model_copy(update={"listed": tuple(renamed)})
    known = {clause.id for clause in edition.clauses}
    assert set(clauses(follow(reader, lost, "第二条呢")[0])) <= known
