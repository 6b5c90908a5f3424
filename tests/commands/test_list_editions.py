"""`rules diff` and `rules show` at a terminal."""

import shutil
from pathlib import Path

from rules.catalogue.load import packaged_folder
from tests.commands.conftest import Alliance
from tests.invented import NAME, revised


def test_a_catalogue_with_many_mistakes_is_refused_in_one_line(alliance: Alliance, tmp_path: Path) -> None:
    shutil.copytree(packaged_folder() / "2022-10-10", tmp_path / "mine" / "2022-10-10")
    file = tmp_path / "mine" / "2022-10-10" / "edition.toml"
    file.write_text(file.read_text("utf-8").replace('limit = "4.0"', "limit = 4.0"), "utf-8")
    ran = alliance("ask", "怎么开通", RULES_DIR="mine")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith('alliance-bot: mine/2022-10-10/edition.toml, criterion "entry.score": "limit" cannot be')
    assert ran.err.endswith("; and 2 more; see all with: alliance-bot rules lint\n")
    assert len(ran.err.splitlines()) == 1
    assert alliance("rules", "lint", RULES_DIR="mine").lines[-1] == "3 problems"


def test_the_difference_of_two_editions_begins_with_the_figures(alliance: Alliance) -> None:
    ran = alliance("rules", "diff", "2022-10-10", "2026-07-29")
    shown = ran.lines
    assert ran.status == 0
    assert shown[:2] == ["2022-10-10 → 2026-07-29", "scale: 5 分制 → 100 分制"]
    parts = [line for line in shown if line in ("figures", "lines", "criteria", "clauses", "facts")]
    assert parts == ["figures", "lines", "criteria", "clauses", "facts"]
    figures = [line.split() for line in shown[shown.index("figures") + 1 : shown.index("lines") - 1]]
    assert ["entry", "4.0", "→", "70"] in figures
    assert ["chances", "3", "→", "(none)"] in figures
    assert ["early", "(none)", "→", "73"] in figures


def test_a_changed_provision_shows_both_texts(alliance: Alliance) -> None:
    shown = alliance("rules", "diff", "2022-10-10", "2026-07-29").lines
    both = shown[shown.index("clauses") :]
    at = next(place for place, line in enumerate(both) if line.startswith("  ~ admission.account"))
    assert both[at + 1 : at + 3] == [
        "      - 商家账户可正常登陆使用且店铺营业状态为正常营业;",
        "      + 账户能正常登录，店铺正常营业。",
    ]


def test_a_change_deep_in_an_entry_is_named_by_its_place(alliance: Alliance, tmp_path: Path) -> None:
    revised(tmp_path / "rules")
    out = alliance("rules", "diff", "2022-10-10", NAME, RULES_DIR=str(tmp_path / "rules")).out
    assert "      exempt.conditions.2.within_days: 60 → 90" in out
    assert "{" not in out


def test_what_is_new_in_an_entry_is_written_as_in_its_file(alliance: Alliance) -> None:
    out = alliance("rules", "diff", "2022-10-10", "2026-07-29").out
    absent = '{ fact = "score", absent = true }, { fact = "growth_score", absent = true }'
    assert f"      also_if: (none) → {absent}\n" in out


def test_an_edition_does_not_differ_from_itself(alliance: Alliance) -> None:
    shown = alliance("rules", "diff", "latest", "latest").lines
    assert shown[-1] == "no difference in figures, lines, criteria, clauses or facts"
    assert len(shown) == 2


def test_an_unknown_edition_is_an_error_that_lists_the_known_ones(alliance: Alliance) -> None:
    for words in (("diff", "2022-10-10", "2022-10-11"), ("show", "2023"), ("diff", "neweset", "latest")):
        ran = alliance("rules", *words)
        assert (ran.status, ran.out) == (2, "")
        assert "known are 2022-10-10, 2026-07-29" in ran.err
        assert len(ran.err.splitlines()) == 1


def test_a_digest_is_shown_as_one_with_the_known_history(alliance: Alliance) -> None:
    shown = alliance("rules", "show", "2026-07-29").out
    assert "digest (the texts below are our own words, not the platform's)" in shown
    assert "https://school.jinritemai.com/doudian/web/rules/101665" in shown
    assert "known history (not part of 2026-07-29)" in shown
    assert "2022-08-22  入驻门槛提高到 4.2 分" in shown


def test_a_text_that_is_no_edition_is_listed_and_shown_as_such(alliance: Alliance) -> None:
    listed = alliance("rules", "list").lines
    assert listed[-1] == "  2026-09-08-score-rules  from 2026-09-08 on  digest, no edition  《商家体验分规范》"
    shown = alliance("rules", "show", "2026-09-08-score-rules").lines
    assert shown[0] == "2026-09-08-score-rules  《商家体验分规范》"
    assert "no edition: nothing is judged by it" in shown[2]
    assert "[stars] answers stars, auto_score, score_at" in shown
    assert "  (source) 2026-07-29 修订公告的第三方存档" in shown
