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
