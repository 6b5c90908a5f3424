"""What was told before answers the next question: dialogues by another hand, and each way to lean on what was said."""

from datetime import date
from pathlib import Path

import pytest

from bot.commands.evaluate_reader import lead
from bot.views.other_edition import EditionOffers
from rules.memory import Memory
from rules.reading import Reading
from rules.understanding import Understanding
from rules.understanding.dialogue import follow
from rules.understanding.dialogue_evaluation import labelled_dialogues, play
from tests.packaged import CATALOGUE, FIVE_POINTS

DEV = Path(__file__).parents[1] / "questions" / "dialogues-dev.jsonl"
TODAY = date(2026, 11, 29)
SECOND = DEV.with_name("dialogues-b.jsonl")
READER = Understanding(FIVE_POINTS)
BY = EditionOffers(CATALOGUE, FIVE_POINTS)


def said(reading: Reading) -> str:
    return lead(BY, reading, TODAY)


def last_of(talk: str) -> Reading:
    """The reading of the last of several messages, parted by slashes."""
    memory = Memory()
    for text in talk.split(" / "):
        reading, memory = follow(READER, memory, text)
    return reading


@pytest.mark.parametrize(("file", "right", "whole"), [(DEV, 119, 27), (SECOND, 255, 57)], ids=["dev", "b"])
def test_the_labelled_dialogues_keep_their_figures(file: Path, right: int, whole: int) -> None:
    lines = file.read_text("utf-8").splitlines()
    played = play(FIVE_POINTS, lines, lambda memory, text: follow(READER, memory, text), said)
    assert [turn.question.q for turn in played.false_leads] == []
    assert played.right >= right, [turn.question.q for turn in played.turns if not turn.right]
    assert played.whole >= whole


@pytest.mark.parametrize("file", [DEV, SECOND], ids=["dev", "b"])
def test_every_label_of_a_dialogue_is_a_topic(file: Path) -> None:
    known = {topic.id for topic in FIVE_POINTS.topics}
    for dialogue in labelled_dialogues(file.read_text("utf-8").splitlines()):
        for turn in dialogue.turns:
            assert {topic for topics in (turn.expect, *turn.alt) for topic in topics} <= known
            assert bool(turn.expect) == turn.in_scope, turn.q


TOLD_BEFORE = [
    ("我体验分3.7 / 那能开吗", "还不能：体验分 3.7 不到 4.0"),
    ("我体验分3.7 / 那能开吗 / 已经开着的会关吗", "不会因分数关闭：体验分 3.7 不低于 3.5"),
    ("我体验分3.7 / 现在4.2了 / 那能开吗", "能过这一条：体验分 4.2 达到 4.0"),
    ("我在联盟里 / 体验分3.4", "会被清退：体验分 3.4 低于 3.5，关闭权限。"),
    ("被关过三次 / 体验分4.5 / 能开吗", "不能，永久不可再申请：被系统关闭 3 次"),
    ("200天前被罚过 / 体验分4.5能开吗", "还不能：处罚到今天 200 天"),
    ("没有处罚过 / 体验分4.5能开吗", "能过这几条：体验分 4.5 达到 4.0；近 365 天没有处罚"),
    ("入驻20天 / 还没有体验分 / 能开吗", "能过这一条：入驻第 20 天、还没有体验分"),
    ("入驻20天 / 还没有体验分 / 有分了,3.9 / 能开吗", "还不能：体验分 3.9 不到 4.0"),
    ("我店铺停业了 / 体验分4.9", "还不能：正常状态这一条不符合"),
    ("我店铺停业了 / 体验分4.9 / 恢复营业了呢", "能过这一条：体验分 4.9 达到 4.0"),
    ("我店铺停业了 / 体验分4.9 / 还没恢复营业,能开吗", "还不能：正常状态这一条不符合"),
    ("我想开联盟但是账号登不上 / 体验分4.1 / 登上了呢", "能过这一条：体验分 4.1 达到 4.0"),
    ("体验分3.6会关吗 / 那多少分才会", "低于 3.5 分，或违反联盟管理规则"),
    ("体验分4.6 / 没被关过 / 还差什么", "能过这几条：被系统关闭 0 次"),
    ("体验分3.4会关吗 / 怎么办", "会被清退：体验分 3.4 低于 3.5"),
    ("my score is 3.4 / will I be closed", "会：体验分 3.4 低于 3.5"),
    ("我体验分3.7 / 今天天气怎么样 / 那能开吗", "还不能：体验分 3.7 不到 4.0"),
    ("我体验分3.7 / 谢谢 / 那能开吗", "还不能：体验分 3.7 不到 4.0"),
    ("我3.4会关吗 / 朋友的店4.2会关吗 / 那我呢", "会：体验分 3.4 低于 3.5"),
    ("今天3.4明天3.6,会关吗", "会：体验分 3.4 低于 3.5"),
    ("今天3.4,如果明天3.6会关吗", "不会因分数关闭：假如体验分 3.6"),
]
NOT_COLOURED = [
    ("我体验分3.7 / 什么情况会被清退", "低于 3.5 分，或违反联盟管理规则"),
    ("我体验分3.7 / 多少分会被警告", "低于 3.8 分会收到警告"),
    ("我体验分3.7 / 朋友的店能开吗", "要看情况：看的是同一实际控制人的其他小店"),
    ("我体验分3.4 / 我朋友在联盟里呢", "这个问题，这份规则没有写"),
    ("我被关过两次 / 精选联盟有几次机会", "每个商家有 3 次开通机会"),
    ("体验分3.7会关吗 / 那血糖3.4呢", "这个不在我的范围里"),
    ("我体验分3.7 / 淘宝联盟能开吗", "这个不在我的范围里"),
    ("朋友的店3.4会关吗 / 我的店会关吗", "低于 3.5 分，或违反联盟管理规则"),
    ("听说3.9就被清退,是吗 / 我能开吗", "准入标准有六条"),
    ("低于3.5会被关吗 / 那我能开吗", "准入标准有六条"),
    ("A店3.7能开吗 / B店能开吗", "准入标准有六条"),
    ("A店3.7未开通 / B店4.2 / 能开吗", "能过这一条：体验分 4.2"),
]
SUPPOSED = [
    ("360天前被罚过,能开吗 / 再过十天呢", "能过这一条：处罚到今天 370 天"),
    ("360天前被罚过,能开吗 / 再过十天呢 / 那4.3", "能过这几条：体验分 4.3 达到 4.0；处罚到今天 370 天"),
    ("体验分4.2能开吗 / 那3.7呢 / 已经在里面的话呢", "会收到警告，还不关闭：体验分 3.7"),
    ("我体验分3.8能开吗 / 那已经进去的会关吗 / 要是3.3", "会：假如体验分 3.3 低于 3.5"),
    ("在联盟里3.9会警告吗 / 再要是一路跌到3.0", "会：假如体验分 3.0 低于 3.5"),
    ("体验分3.7 / 如果3.4会关吗", "会：假如体验分 3.4 低于 3.5"),
    ("体验分3.7 / 如果3.4会关吗 / 那3.3呢", "会：假如体验分 3.3 低于 3.5"),
    ("体验分3.7 / 如果3.4会关吗 / 那3.3呢 / 我会被关吗", "不会因分数关闭：体验分 3.7"),
    ("如果3.4会关吗 / 我能开吗", "准入标准有六条"),
    ("被关过两次还能开吗 / 那要是再关一次呢", "没有机会了：被系统关闭 3 次"),
    ("被关过两次还能开吗 / 第三次呢", "不能，永久不可再申请：被系统关闭 3 次"),
    ("被关过两次还能开吗 / 第三次呢 / 那我还剩几次机会", "还剩 1 次机会"),
    ("被关过两次还能开吗 / 那要是再关一次呢 / 那我还剩几次机会", "还剩 1 次机会"),
]
SWAPPED = [
    ("新店20天没有体验分能开吗 / 第六十一天嘞", "不能判断：入驻已经 61 天"),
    ("we opened 40 days ago and have no score / what about day 65", "不能判断：入驻已经 65 天"),
    ("200天前被罚过,能开吗 / 那400天前呢,顺便问下运费险怎么买", "能过这一条：处罚到今天 400 天"),
    ("在联盟,3.4 / 链接", "权限被关闭后"),
    ("我体验分3.7 / 不在联盟里", "还不能：体验分 3.7 不到 4.0"),
    ("体验分3.9能开通吗 / 那3.6呢", "还不能：体验分 3.6 不到 4.0"),
    ("体验分3.9能开通吗 / 那65呢", "按 2026-07-29 版（100 分制）：还不能：体验分 65 不到 70"),
    ("体验分3.4会关吗 / 65会被清出去吗", "按 2026-07-29 版（100 分制）：会：体验分 65 低于 70"),
    ("被系统关了一次还能开吗 / 两次呢", "能过这一条：被系统关闭 2 次"),
    ("被系统关了一次还能开吗 / 三次呢", "不能，永久不可再申请"),
    ("新店20天没有体验分能开吗 / 那第61天呢", "不能判断：入驻已经 61 天"),
    ("300天前被罚过,能开吗 / 满400天是不是就行了", "还不一定：处罚到今天 400 天"),
    ("体验分3.9能开吗 / 那没有分呢", "要看情况：还没有体验分"),
    ("旗舰店体验分3.7能开吗 / 普通店呢", "还不能：体验分 3.7 不到 4.0"),
    ("体验分3.9能开吗 / 那商品分呢", "商品体验分有没有要求，这份规则没有写"),
    ("score 3.9 can I join? / and if it drops to 3.4", "会：体验分 3.4 低于 3.5"),
    ("score 3.9 can I join? / what about 4.1", "能过这一条：体验分 4.1 达到 4.0"),
]
CORRECTED = [
    ("被关过三次还能开吗 / 口误口误 是两次", "能过这一条：被系统关闭 2 次"),
    ("体验分3.7能开吗 / sorry typing mistake 4.7", "能过这一条：体验分 4.7 达到 4.0"),
    ("体验分4.6能开吗 / 等等我看错号了 是3.6没错", "还不能：体验分 3.6 不到 4.0"),
    ("店停业了,能开联盟吗 / 今年出分了4.1", "体验分 4.1 达到 4.0"),
    ("账号登不上,能开联盟吗 / 账号找回来了,4.4", "能过这一条：体验分 4.4"),
    ("关联店铺有严重违规处罚,能开吗 / 那家店只是被警告过 / 体验分4.4能开吗", "能过这一条：体验分 4.4"),
    ("体验分3.7能开吗 / 打错 3.9", "还不能：体验分 3.9 不到 4.0"),
    ("体验分3.5会关吗 / 不对,我是说3.2", "会：体验分 3.2 低于 3.5"),
    ("在联盟里,体验分3.4 / 打错了,是4.1", "能留在联盟：体验分 4.1"),
    ("被关过三次还能开吗 / 说错了 是两次", "能过这一条：被系统关闭 2 次"),
    ("体验分4.4能开吗 / 我说的是商品体验分", "看的是商家体验分（总分），不是商品"),
    ("体验分3.7 / 我是4.2不是3.7 / 能开吗", "能过这一条：体验分 4.2 达到 4.0"),
]
BECAUSE = [
    ("体验分3.4会关吗 / 为什么", "会：体验分 3.4 低于 3.5，关闭权限"),
    ("体验分3.4会关吗 / 凭什么关我", "会：体验分 3.4 低于 3.5，关闭权限"),
    ("体验分3.7会关吗 / 那你说的3.5是哪条规则", "不会因分数关闭：体验分 3.7"),
    ("200天前被罚过,能开吗 / 那还要等多久", "还算：处罚到今天 200 天"),
    ("体验分3.4会关吗 / 那要等几天", "要等多久，这份规则没有写"),
]
ALL = {
    "told": TOLD_BEFORE,
    "not coloured": NOT_COLOURED,
    "supposed": SUPPOSED,
    "swapped": SWAPPED,
    "corrected": CORRECTED,
    "why": BECAUSE,
}


@pytest.mark.parametrize(
    ("talk", "begins"),
    [one for each in ALL.values() for one in each],
    ids=[one[0] for each in ALL.values() for one in each],
)
def test_the_last_message_is_answered_by_what_was_said(talk: str, begins: str) -> None:
    assert said(last_of(talk)).startswith(begins)


@pytest.mark.parametrize("talk", ["体验分3.4会关吗 / 为什么", "自动开通的条件 / 第二条是什么意思 / 凭什么"])
def test_a_why_is_answered_with_the_quote_of_the_answer(talk: str) -> None:
    *before, _ = talk.split(" / ")
    assert last_of(talk) == last_of(" / ".join(before))
    assert last_of(talk).parts[0].clauses
