"""Which words ask for a function of the bot, and which do not."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from bot.conversation.edition_choice import edition_choice_in
from bot.conversation.functions import Function, button_in, function_in, functions
from bot.conversation.statement import statement_in
from bot.views.render import MESSAGES
from rules.reading import AnswerKind
from rules.understanding import Understanding
from rules.vocabulary import says
from tests.labels import OPEN, Label, labels
from tests.packaged import CATALOGUE, FIVE_POINTS

TODAY = date(2022, 10, 10)
READERS = [Understanding(edition) for edition in CATALOGUE.editions]
STOP = ["停", "停止", "退订", "取消订阅", "别发了", "不要再发", "别烦我", "stop", "unsubscribe"]
NEAR = """怎么退出联盟
退出联盟
退出
怎么退出
删除商品会怎样
删除商品
删除链接会影响体验分吗
怎么删除处罚记录
违规记录能删除吗
停业
停业了会清退吗
停业会怎样
停业整顿
停止合作
停止合作会怎样
停止营业还能开通吗
店铺停业了怎么办
暂停营业
平台会停止推广吗
被停了
停用了怎么恢复
取消资格
取消联盟
取消精选联盟权限
取消订单会影响体验分吗
怎么取消精选联盟
订阅号能开通吗
退订单会扣分吗
退货多会清退吗
别人发了我的链接
不要再发货了会清退吗
发货慢会不会被清退
重新开通
重新开通要什么条件
怎么重新申请
再开一次行吗
再申请一次要等多久
继续经营会怎样
开始清退了吗
什么时候开始清退
怎么开始
体验分
3.7
85
体验分3.9
体验分 3.9
记下体验分3.9
我的体验分3.4会怎样
我的体验分多少能开通
我的店能开通吗
我能开通吗
我的店会被清退吗
查得严吗
平台多久检查一次
平台检查什么
检查不通过怎么办
体验分低怎么办
怎么提高分数
分数怎么算
分数不更新
体验分什么时候更新
更新分数要多久
分数会涨吗
分数趋势不好会清退吗
改名会影响体验分吗
改店名影响精选联盟吗
关联店铺
我有两家店
我的店铺被清退了
另一家店被关了会影响吗
规则什么时候改的
新版规则是什么
规则有变化吗
官方说的吗
这是官方规则吗
官方清退标准是什么
平台收费吗
平台客服怎么联系
平台人工能恢复吗
谁能开通
谁决定清退
谁来审核
人工审核要多久
联系平台申诉
能撤销清退吗
撤销处罚
处罚能撤销吗
记错了扣分怎么办
提醒之后多久清退
警告会提醒吗
平台会提醒我吗
不提醒就清退吗
没有提醒就被关了
收到提醒怎么办
免打扰会漏掉警告吗
数据怎么看
数据不好会清退吗
隐私号会影响体验分吗
导出商品到联盟
帮助提高体验分
怎么用精选联盟
精选联盟怎么用
联盟功能怎么用
联盟菜单在哪
入口在哪
设置佣金
佣金设置多少
怎么设置佣金
投诉多会清退吗
不记分会怎样
违规记分
扣分怎么记
how do i leave the alliance
will stopping sales close my access
can i delete products
how to restart after removal
what is the check standard
is the score official
谢谢
好的
你好
再见
算了
停止推广
停止推广会怎样
停止带货
不要推广了
不要推送商品了会清退吗
别人推送我的商品
取消合作
关闭推广
关闭推广权限
关闭联盟
关闭权限
关闭精选联盟
把联盟关了
通知被清退了
收到通知怎么办
收到恢复通知
没收到通知
没有收到提醒
不收到警告会清退吗
怎么取消通知处罚
删除违规记录
清除违规记录
清除处罚记录
取消上次处罚
下载抖店
下载数据报表会影响吗
备份
绑定达人
添加商品
怎么加商品
怎么加入
怎么开店
增加体验分
怎么更新体验分
今天的体验分多少合格
商品体验分
看体验分多少能进
再申请一次
再来一次机会
重新测评
再开一次
是平台规定的吗
是不是平台规则
是官方规定吗
是平台扣的吗
谁定的规则
谁做的规则
是谁清退的
你是什么时候清退
联系平台
怎么联系平台
怎么联系抖店客服
平台客服电话
老板
负责人
怎么导出
怎么删除
怎么设置
能删除吗
可以导出吗
怎么删除店铺
怎么关闭店铺
怎么重新检查
怎么查资格
在哪查资格
怎么下载抖店
怎么看体验分
在哪看体验分
怎么看分数
怎么查分数
在哪设置佣金
能看到数据吗
可以撤销吗
怎么撤销
怎么改店名
资料怎么提交
资料要删吗
数据都没了
这家店删了会怎样
关注这家店
三天后再申请
10天后再开通
把店关了
店铺的数据哪里看""".splitlines()


def named(text: str) -> str:
    function = function_in(text)
    return function.name if function else ""


@pytest.mark.parametrize("function", functions(), ids=lambda function: function.name)
def test_every_function_has_six_phrases_or_more(function: Function) -> None:
    assert len({phrase.strip() for phrase in function.says}) >= 6


@pytest.mark.parametrize("text", NEAR)
def test_what_only_looks_like_a_function_is_none(text: str) -> None:
    assert named(text) == ""


def test_there_are_enough_near_misses() -> None:
    assert len(set(NEAR)) > 100


@pytest.mark.parametrize("text", STOP)
def test_stop_is_always_heard(text: str) -> None:
    for said in (text, f"{text}！！", f"请{text}", f"{text}吧，谢谢", text.upper()):
        function = function_in(said)
        assert function is not None
        assert (function.name, function.always) == ("stop", True)


def test_nothing_but_stop_comes_before_an_open_question() -> None:
    assert [function.name for function in functions() if function.always] == ["stop"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("麻烦帮我导出一下我的数据，谢谢！", "export"),
        ("能帮我导出一下数据吗？", "export"),
        ("能帮我撤销吗", "undo"),
        ("導出我的數據", "export"),
        ("daochu shuju", "export"),
        ("帮我看一下我的分数", "score"),
        ("想看我的分数啊", "score"),
        ("wo de dianpu", "shops"),
        ("唔好再發", "stop"),
        ("tui ding", "stop"),
        ("S T O P", "stop"),
        ("Help me, please!", "help"),
        ("提醒設置", "settings"),
        ("↩️ 撤销", "undo"),
        ("邊個做你嘅？", "maker"),
        ("你係咪官方？", "official"),
        ("我要转人工", "person"),
        ("zou shi tu", "chart"),
        ("设置~", "settings"),
        ("", ""),
        ("！！", ""),
        ("bie 停", ""),
        ("停？", ""),
        ("退订？", ""),
        ("别发了？！", "stop"),
        ("那取消呢", ""),
        ("走势图？", "chart"),
        ("一下", ""),
        ("请", ""),
        ("谢谢谢谢", ""),
        ("停" + "谢谢" * 20, ""),
    ],
)
def test_marks_politeness_and_writing_make_no_difference(text: str, name: str) -> None:
    assert named(text) == name


VARIED = {
    "stop": "把提醒都关了|能不能不要给我发消息了|请不要给我发消息|别再发消息给我了|别再给我发了|请停止发送消息|"
    "不要骚扰我|能不能别发了？|可以别再提醒我了吗？|我不想收到消息了|不需要提醒了|"
    "关掉所有提醒|取消所有提醒|退订消息|TD|拒收|莫再发了|don't send me messages|"
    "stop messaging me|turn off all reminders",
    "hear": "打开所有提醒|重新开启通知|把提醒打开|turn on the reminders|enable notifications",
    "check": "开始资格检查|做个检查|进行检查|开始入驻检查",
    "restart": "重新测一次|重新做一遍|再来一次|再测一次",
    "score": "我今天的分数|我想看看我的分|我店铺的体验分|看看今天的分|查询我的体验分|show me my score",
    "tell": "我要记一下今天的分数|记录今天的分数|填写体验分|登记我的体验分|更新今天的分数",
    "chart": "最近30天走势|30天走势图|怎么看走势图|看看我的体验分走势|show me the trend",
    "shops": "加个店铺|新增一家店|绑定店铺|怎么添加店铺|查看所有店铺|我想添加店铺",
    "settings": "怎么设置提醒|提醒设置在哪|怎么关闭提醒|怎么退订|怎么取消提醒|在哪里改提醒时间",
    "later": "暂停提醒三天|三天后再提醒|过两天再提醒我|等5天再提醒",
    "digest": "改提醒的时间",
    "quiet": "晚上别给我发消息|怎么设置免打扰|免打扰设置在哪",
    "rules": "换个版本|怎么切换版本|现在用哪个版本|规则版本在哪里",
    "remove": "把这家店删了|不想关注这家店了",
    "privacy": "你们会泄露数据吗|隐私政策在哪",
    "export": "导出我店铺的数据|把我的数据都导出来|"
    "能导出数据吗|导出数据在哪|可以下载我的数据吗|怎么导出我的数据|"
    "下载全部记录|汇出资料|匯出我的資料",
    "forget": "清除我的记录|把资料都删了|可以删除我的数据吗|怎么清空数据|"
    "删除聊天记录|我要删号|delete all my data|清空所有数据|remove my info",
    "help": "你能做什么|你可以做什么|有哪些功能|功能列表|你都会做什么",
    "start": "打开主菜单|返回首页|菜单在哪|選單|回主菜单",
    "undo": "我刚才记错了|刚才分数记错了|撤销上一条记录|我发错了|撤回上次的",
    "person": "有人工客服吗|能转人工吗|怎么联系人工|客服在吗|客服人員|有没有真人|talk to human|我要找你们老板",
    "official": "你们是官方的吗|是官方的么|是不是抖音官方|你是抖店的吗|are u official",
    "maker": "谁做的这个机器人|你是哪个公司的|who made this bot",
}


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in VARIED.items() for text in texts.split("|")]
)
def test_a_function_is_heard_in_other_words_too(name: str, text: str) -> None:
    assert named(text) == name


ASKING = re.compile(
    r"[?？吗呢谁]|几(?!天)|怎么|什么|多少|哪|能不能|会不会|是不是|有没有|how|what|which|who|is |are |can "
)
NO_QUESTION = {"查我的店能不能开通", "能做什么", "你是谁开发的", "which edition"}
"""The words of a button, and questions on the bot that the reader takes for questions on the rules."""


def test_no_function_has_a_question_that_the_rules_answer() -> None:
    phrases = {phrase for function in functions() for phrase in function.says if ASKING.search(phrase)}
    answered = {phrase for phrase in phrases for reader in READERS if reader.read(phrase).kind is AnswerKind.ANSWER}
    assert len(phrases) > 50
    assert answered <= NO_QUESTION


def test_no_function_has_a_phrasing_listed_under_a_topic_or_what_means_something_else() -> None:
    listed = {ask for edition in CATALOGUE.editions for topic in edition.topics for ask in topic.asks}
    assert {ask for ask in listed if function_in(ask)} == set()
    phrases = [phrase for function in functions() for phrase in function.says]
    assert [text for text in phrases if edition_choice_in(CATALOGUE, text)] == []
    assert [text for text in phrases if statement_in(CATALOGUE.editions, text, TODAY)] == []


QUESTIONS = sorted((Path(__file__).parents[1] / "questions").glob("*.jsonl"))


def test_no_labelled_question_of_this_domain_asks_for_a_function() -> None:
    lines = [json.loads(line) for file in QUESTIONS for line in file.read_text("utf-8").splitlines()]
    turns = [turn for line in lines for turn in line.get("turns", [line])]
    asked = [turn["q"] for turn in turns if turn.get("in_scope", True)]
    assert len(asked) > 5000
    assert [question for question in asked if function_in(question)] == []


OWN = {
    "/cancel": "c|1f|0|x",
    "/check": "check",
    "/export": "export",
    "/forget": "fg",
    "/rename": "rn|1",
    "/rules": "rules",
    "/score": "score",
    "/settings": "set",
    "/shops": "shops",
}
"""The button of a command."""
MORE = {
    "agree": {OPEN},
    "cancel": {"c|1f|0|x"},
    "forget": {"fg|1"},
    "hear": {"sv|1|on|1", "sv|1|now"},
    "keep_data": {"sh|1"},
    "later": {"z|1", f"z|{OPEN}"},
    "mended": {OPEN},
    "over": {OPEN},
    "remove": {"rm|1|1"},
    "restart": {"check|new", OPEN},
    "check": {OPEN},
    "settings": {"open", "open|1", f"open{OPEN}"},
    "chart": {f"pic|1{OPEN}"},
    "stop": {"off|1", "off|1|1", "sv|1|on|0"},
    "undo": {"ul|1", OPEN},
}
"""Other buttons of a function: of one shop, of one step, or behind the question whether it is really meant."""
OF_A_MESSAGE = {
    "记下": "what: said by the question above",
    "是昨天的": "what: said by the question above",
    "‹ 上一页": "which list: said by the message above",
    "下一页 ›": "which list: said by the message above",
    "什么不同": "which two editions: said by the message above",
}
"""Without the message above they say nothing, and why; typed below it they are pressed (tests/journeys)."""
OF_A_PAGE = ("sv|1|f", "sv|1|in")
"""What is chosen on the page of a shop, one word of several."""
PLACES = {"shop": 1, "all": "all", "at": "c|1f|0", "of": 1, "again": 1, "name": "rn|no", "agree": OPEN}


def buttons_of(name: str) -> set[str]:
    function = next(function for function in functions() if function.name == name)
    return {OWN.get(function.does, function.does.format(**PLACES)), *MORE.get(name, set())}


def is_understood(label: Label) -> bool:
    """Whether the label, typed, does what the button does: by a function, an answer of a check, a topic, a closing."""
    text, data = label.text.removeprefix("✓ "), label.data
    if text in OF_A_MESSAGE or data.startswith(OF_A_PAGE):
        return True
    if data.startswith("t|"):
        return READERS[0].read(text).kind in (AnswerKind.ANSWER, AnswerKind.NOT_COVERED) and not named(text)
    if data.startswith("c|1f|0|") and says(text, "unsure", "back"):
        return True
    if statement_in(CATALOGUE.editions, text, TODAY):
        return data in ("cn|1", OPEN)
    return bool(named(text)) and data in buttons_of(named(text))


@pytest.mark.parametrize("label", labels(), ids=lambda label: f"{label.text} {label.data}".replace(OPEN, "?"))
def test_every_fixed_label_of_a_button_is_understood_as_its_own_function(label: Label) -> None:
    assert is_understood(label)


SIXTY = tomllib.loads((Path(__file__).parent / "sixty-ways.toml").read_text("utf-8"))
READ_OTHERWISE = {
    "我的店被关闭了权限": "told of a shop (tests/conversation/test_statement.py)",
    "我又开通了": "told of a shop (tests/conversation/test_statement.py)",
    "这题我不清楚": "an answer of the open question",
    "回到上一题": "an answer of the open question",
}


def test_sixty_ways_of_asking_for_a_function_are_functions() -> None:
    said = [say for table in SIXTY.values() for say in table]
    assert len(said) == 60
    assert [say for say in said if not named(say) and say not in READ_OTHERWISE] == []


def test_a_typed_label_is_the_one_button_that_has_it() -> None:
    shown = {"记下": "s|1", "✓ 每天": "f|1", "↩️ 撤销": "u|1", "女装": "a", "女装 ": "b", "是，第 2 次": "cs"}
    typed = ["记下！", "每天", "撤销吧", "是第2次", "女装", "记下体验分3.9", "", "怎么记下"]
    assert [button_in(text, shown) for text in typed] == ["s|1", "f|1", "u|1", "cs", "", "", "", ""]


def test_there_are_labels() -> None:
    assert {"走势图", "我的店铺", "提醒设置", "导出我的数据", "全部删除", "改好了", "接着做"} <= {
        label.text for label in labels()
    }
    assert len(labels()) > 80


def test_the_menu_of_commands_is_understood() -> None:
    menu = tomllib.loads((MESSAGES / "zh-Hans/menu.toml").read_text("utf-8"))["commands"]
    does = {function.name: {function.does, function.instead} for function in functions()}
    assert [name for name, words in menu.items() if f"/{name}" not in does.get(named(words), ())] == []
    assert FIVE_POINTS.main_score.label in menu["score"]
