"""Texts that a subject may write to a reader's harm, and a study in which it wrote them."""

from pathlib import Path

import polars as pl

from balk import pipeline
from balk.measure.decisions import read_table

MARK = "hostile-mark"
"""Stands in every text that tries to run or to load something."""

HOSTILE = (
    f"<script>alert('{MARK}')</script>",
    f"</script><script>alert('{MARK}')</script>",
    f"<svg onload=alert('{MARK}')>",
    f"<img src=x onerror=alert('{MARK}')>",
    f"<a href=\"javascript:alert('{MARK}')\">click</a>",
    f"<iframe src='data:text/html,<script>alert(\"{MARK}\")</script>'></iframe>",
    f"<style>body {{ background: url(https://example.invalid/{MARK}) }}</style>",
    f"[link](javascript:alert('{MARK}')) ![picture](https://example.invalid/{MARK}.png)",
    f"datum['constructor']['constructor']('alert(\"{MARK}\")')()",
    '{"signal": "event.view.alert(1)"}',
    "\"'><h1 id='intruder'>taken over</h1>",
    "-->]]><!--",
    "\u202egnp.exe \u2066\u200b\ufeff",
    "NUL \x00 bell \x07 escape \x1b[31m",
    '=HYPERLINK("https://example.invalid","click")',
    "wide" * 250_000,
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7}",
    "\ud7ff\U0001f600\u0301\u0301\u0301",
)


def make_hostile_folder(folder: Path, out: Path) -> Path:
    """Return a folder of results in which every text a subject can write is a hostile one."""
    decisions = read_table(folder / "decisions.parquet", "decisions")
    texts = pl.Series("text", [HOSTILE[i % len(HOSTILE)] for i in range(len(decisions))])
    subjects = decisions["subject"].unique().sort().to_list()
    named = {name: HOSTILE[2 * i] + name for i, name in enumerate(subjects)}
    is_lost = pl.int_range(pl.len()) % 5 == 0
    hostile = decisions.with_columns(
        subject=pl.col("subject").replace_strict(named),
        model=pl.col("model").replace_strict(named),
        quote=texts,
        answer=texts.reverse(),
        key=texts,
        family=pl.lit(HOSTILE[3]),
        provenance=pl.lit(HOSTILE[8]),
        outcome=pl.when(is_lost).then(pl.lit("U")).otherwise("outcome"),
        is_right=pl.when(~is_lost).then("is_right"),
        reason=pl.when(is_lost).then(texts.shift(3, fill_value="x")).otherwise(pl.lit("")),
        log=pl.lit(f"logs/{HOSTILE[4]}.eval"),
    )
    pipeline.finish(hostile, out)
    (out / "study.json").write_text(
        '{"id": "<script>alert(1)</script>", "subjects": [{"model": "<b id=intruder>x</b>"}]}'
    )
    (out / "puzzles.json").write_text("{}")
    return out
