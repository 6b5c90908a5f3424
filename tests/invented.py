"""An invented revision as an operator's folder: only the files of the edition are edited, nothing of the code."""

import shutil
from pathlib import Path

from rules.catalogue.load import packaged_folder

NAME = "2027-01-01"
REVISED = {
    "若体验分<3.5分": "若体验分<3.6分",
    "有且仅有3次开通": "有且仅有4次开通",
    "被系统关闭了3次": "被系统关闭了4次",
    "关闭权限次数<3次": "关闭权限次数<4次",
    "入驻成功60天内": "入驻成功90天内",
}
REVISED_DATA = {
    'name = "2022-10-10"': f'name = "{NAME}"',
    "published = 2022-10-10": f"published = {NAME}",
    "checked = 2026-08-22": f"checked = {NAME}",
    "held_from = 2022-10-10\nheld_until = 2023-06-26": f"held_from = {NAME}",
    'limit = "3.5"': 'limit = "3.6"',
    'limit = "3"\n': 'limit = "4"\n',
    "limit = 3\n": "limit = 4\n",
    "within_days = 60": "within_days = 90",
}


def revised(folder: Path) -> Path:
    """The 2022-10-10 edition and, revised, closing below 3.6, four chances, 90 days for new merchants; the folder."""
    original = packaged_folder() / "2022-10-10"
    shutil.copytree(original, folder / "2022-10-10")
    shutil.copytree(original, folder / NAME)
    shutil.copy(packaged_folder() / "history.toml", folder)
    edit(folder / NAME / "source.txt", REVISED)
    edit(folder / NAME / "edition.toml", REVISED | REVISED_DATA)
    return folder


def edit(file: Path, changes: dict[str, str]) -> None:
    """Replace each old text by the new text, everywhere in the file."""
    text = file.read_text("utf-8")
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


PRODUCT_SCORE = "商品体验分低于65分(60分名单里的类目低于60分)的,不能入驻,已入驻的清退。"
PRODUCT_CLAUSE = f"""
[[clause]]
id = "product.score"
heading = "四、商品体验分"
text = "{PRODUCT_SCORE}"
"""
TWO_SCORES = """
[[fact]]
id = "category"
type = "choice"
label = "主营类目"
question = "主营什么类目？"
options = [
  { value = "general", label = "其他类目" },
  { value = "sixty", label = "60 分名单里的类目" },
  { value = "crab", label = "大闸蟹" },
]

[[fact]]
id = "product_score"
type = "score"
label = "商品体验分"
question = "商品体验分是多少？"
lowest = "0"
highest = "100"
decimals = 2
unit = "分"

[[line]]
id = "product_entry"
fact = "product_score"
limit = "65"
limit_by = { fact = "category", limits = { sixty = "60" } }
effect = "no_entry"
clause = "product.score"
label = "商品体验分入驻线"

[[line]]
id = "product_early"
fact = "product_score"
limit = "68"
limit_by = { fact = "category", limits = { sixty = "63" } }
effect = "early"
own = true
clause = "product.score"
label = "商品体验分提前提醒线"

[[line]]
id = "product_closing"
fact = "product_score"
limit = "65"
limit_by = { fact = "category", limits = { sixty = "60" } }
effect = "closing"
clause = "product.score"
label = "商品体验分清退线"
"""


def by_category(folder: Path) -> Path:
    """The folder of an edition: 2022-10-10 with a second score, with limits by the shop's category."""
    shutil.copytree(packaged_folder() / "2022-10-10", folder / "2022-10-10")
    shutil.copy(packaged_folder() / "history.toml", folder)
    for file, added in ("edition.toml", PRODUCT_CLAUSE + TWO_SCORES), ("source.txt", f"\n{PRODUCT_SCORE}\n"):
        with (folder / "2022-10-10" / file).open("a", encoding="utf-8") as written:
            written.write(added)
    return folder


NEXT = "2027-02-01"
OPTION = '  { value = "truffle", label = "松露", topic = "category_truffle", words = ["黑松露"] },'
CLAUSE = """[[clause]]
id = "category.truffle"
heading = "部分类目的更高要求"
number = "3.3"
text = "松露：体验分不低于 82 分，商品体验分不低于 76 分。"
"""
CATEGORIES = {
    'name = "2026-07-29"': f'name = "{NEXT}"',
    "published = 2026-07-22": "published = 2027-01-25",
    "held_from = 2026-07-29": f"held_from = {NEXT}",
    "checked = 2026-08-22": f"checked = {NEXT}",
    "其他河蟹）：体验分不低于 75 分": "其他河蟹）：体验分不低于 78 分",
    "河蟹低于 75 分、没有高于 72 分": "河蟹低于 78 分、没有高于 72 分；松露低于 82 分、76 分",
    'limits = { game = "72", fruit = "72",': 'limits = { crab = "78", truffle = "82", game = "72", fruit = "72",',
    'limits = { crab = "72.01", game = "70",': 'limits = { crab = "72.01", truffle = "76", game = "70",',
    'limits = { game = "75", fruit = "75",': 'limits = { crab = "81", truffle = "85", game = "75", fruit = "75",',
    'limits = { game = "73", fruit = "73",': 'limits = { truffle = "79", game = "73", fruit = "73",',
    'among = ["crab", "seafood"': 'among = ["truffle", "crab", "seafood"',
    '  { value = "seafood",': f'{OPTION}\n  {{ value = "seafood",',
    '[[clause]]\nid = "category.cherry"': f'{CLAUSE}\n[[clause]]\nid = "category.cherry"',
}
"""A revision of the categories: 河蟹 from 75 to 78 points, and 松露, a category that there was not, at 82 and 76."""
TRUFFLE = """
[[criterion]]
id = "category.truffle_score"
kind = "at_least"
clause = "category.truffle"
label = "松露的体验分"
facts = ["score"]
fallback = "growth_score"
limit = "82"
figure = "truffle_score"
applies_when = [{ fact = "category", among = ["truffle"] }]

[[criterion]]
id = "category.truffle_product_score"
kind = "at_least"
clause = "category.truffle"
label = "松露的商品体验分"
facts = ["product_score"]
limit = "76"
applies_when = [{ fact = "category", among = ["truffle"] }]
"""
TRUFFLE_TOPIC = """
[[topic]]
id = "category_truffle"
title = "松露的要求"
clauses = ["category.truffle"]
lead = "松露要体验分不低于 {truffle_score} 分。"
"""


def revised_categories(folder: Path) -> Path:
    """The packaged editions and, after them, a revision of the categories of the newest; the folder."""
    shutil.copytree(packaged_folder(), folder)
    home = shutil.copytree(folder / "2026-07-29", folder / NEXT)
    edit(
        folder / "2026-07-29" / "edition.toml",
        {"held_from = 2026-07-29": "held_from = 2026-07-29\nheld_until = 2027-01-31"},
    )
    edit(home / "edition.toml", CATEGORIES)
    text = (home / "edition.toml").read_text("utf-8")
    crab = text.index('id = "category.crab_score"')
    text = text[:crab] + text[crab:].replace('limit = "75"', 'limit = "78"', 1) + TRUFFLE
    (home / "edition.toml").write_text(text, "utf-8")
    with (home / "topics.toml").open("a", encoding="utf-8") as topics:
        topics.write(TRUFFLE_TOPIC)
    return folder
