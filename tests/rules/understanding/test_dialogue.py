"""What is remembered between the messages of a chat, and what of it the next one leans on."""

from decimal import Decimal

import pytest

from rules.edition import Edition
from rules.memory import Memory
from rules.reading import AnswerKind, Reading
from rules.said import Told
from rules.understanding import Understanding
from rules.understanding.dialogue import follow


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


@pytest.mark.parametrize("text", ["链接呢", "两次呢", "那65呢", "那第三条呢", "打错了", "普通店呢", "那要等多久"])
def test_with_nothing_said_before_there_is_nothing_to_lean_on(reader: Understanding, text: str) -> None:
    assert talk(reader, text)[0].kind is AnswerKind.OUT_OF_SCOPE


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
