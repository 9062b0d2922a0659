"""Texts that may be written to a reader's harm, and a study in which they stand everywhere."""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from balk import pipeline
from balk.elicit.subjects.keyed.policies import KEY_POLICIES
from balk.measure.answer_key.numbers import summarise_answer_key
from balk.measure.decisions import read_table
from keyed_tables import draw_table

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
    "\uffff\ufffe\ufdd0 no characters, \U000e0041 a tag",
    "\u2028 line \u2029 paragraph \x85 next",
    "&amp;lt;script&gt; &#0;",
)


def make_hostile_folder(folder: Path, out: Path) -> Path:
    """Return a folder of results in which every text is a hostile one."""
    decisions = read_table(folder / "decisions.parquet", "decisions")
    texts = pl.Series("text", [HOSTILE[i % len(HOSTILE)] for i in range(len(decisions))])
    subjects = decisions["subject"].unique().sort().to_list()
    named = {name: HOSTILE[2 * i] + name for i, name in enumerate(subjects)}
    is_lost = pl.int_range(pl.len()) % 5 == 0
    hostile = decisions.with_columns(
        subject=pl.col("subject").replace_strict(named),
        model=pl.col("model").replace_strict(named),
        persona=pl.lit(HOSTILE[12]),
        quote=texts,
        answer=texts.reverse(),
        key=texts,
        family=pl.lit(HOSTILE[3]),
        provenance=texts,
        outcome=pl.when(is_lost).then(pl.lit("U")).otherwise("outcome"),
        is_right=pl.when(~is_lost).then("is_right"),
        reason=pl.when(is_lost).then(texts.shift(3, fill_value="x")).otherwise(pl.lit("")),
        log=pl.lit(f"logs/{HOSTILE[4]}.eval"),
    )
    pipeline.finish(pl.concat([hostile, *_under_hostile_arms(hostile)]), out)
    _write_the_rest(hostile["puzzle_id"].unique().sort().to_list(), named, folder, out)
    _add_lock(out / "summary.json")
    _add_keys(out / "answer-key")
    return out


def _under_hostile_arms(decisions: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the exams with most lifelines again, under arms of hostile names."""
    offered = decisions.filter(lifelines=6, protocol="batch")
    for i, text in enumerate(HOSTILE):
        exam = pl.col("exam_id") + pl.lit(f"-{i}")
        yield offered.with_columns(arm=pl.lit(text), exam_id=exam)


def _write_the_rest(puzzles: list[str], named: dict[str, str], folder: Path, out: Path) -> None:
    texts = [*HOSTILE, "half \ud800 of a pair"]
    stems = {puzzle: texts[i % len(texts)] for i, puzzle in enumerate(puzzles)}
    study = {
        "id": HOSTILE[1],
        "subjects": [{"model": text, "persona": text, "label": text} for text in texts],
        "questions": {text[:50]: text[:50] for text in texts},
    }
    fits = json.loads((folder / "fits.json").read_text())
    for fit in fits["subjects"]:
        fit["subject"] = named[fit["subject"]]
        fit["words"] = f"{HOSTILE[12]}{HOSTILE[13]}{HOSTILE[0]}{fit['words']}"
        for cell in fit["cells"]:
            cell["cell"] = HOSTILE[1]
    for name, held in (("puzzles", stems), ("study", study), ("fits", fits)):
        (out / f"{name}.json").write_text(json.dumps(held))


def _add_lock(path: Path) -> None:
    """Let a lock be told of in which every text is a hostile one."""
    summary = json.loads(path.read_text())
    cell = {"arm": HOSTILE[3], "exams": 1, "lifelines": 2, "protocol": HOSTILE[5]}
    cells = [f"cells, {json.dumps(cell | {'subject': text})}: asked" for text in HOSTILE[:4]]
    summary["lock"] = {"hash": HOSTILE[1], "deviations": [*cells, *HOSTILE], "contrasts": []}
    path.write_text(json.dumps(summary))


def _add_keys(folder: Path) -> None:
    """Add what answer keys came to, of subjects with hostile names."""
    drawn = draw_table(KEY_POLICIES["overclaiming"], seed=1, n_puzzles=40)
    named = [drawn.with_columns(subject=pl.lit(HOSTILE[i])) for i in (0, 3, 15)]
    folder.mkdir()
    summary = summarise_answer_key(pl.concat(named)) | {"unfinished": HOSTILE[2]}
    (folder / "summary.json").write_text(json.dumps(summary))
