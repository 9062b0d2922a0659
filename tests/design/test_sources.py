import json
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balk.design.puzzles.bank import make_puzzles
from balk.design.puzzles.drafts import Draft
from balk.design.puzzles.families import PUZZLES
from balk.design.sources import puzzle_line, read_puzzles, write_puzzles
from balk.design.sources.hugging_face import parse_address
from balk.design.sources.keys import canonical_key, canonical_number
from balk.errors import MissingExtraError, PuzzleError
from balk.measure.mark import is_right
from balk.measure.mark_number import read_number
from balk.records import Marking, Puzzle

MARKINGS: tuple[Marking, ...] = ("number", "word", "any_of", "math")
TEXT = st.text(max_size=40).map(str.strip).filter(bool)
WORDS = st.from_regex(r"[a-z]{1,8}( [a-z]{1,8})?", fullmatch=True).filter(
    lambda text: "lifeline" not in text
)
NUMBERS = st.fractions(max_denominator=999).map(str)


@st.composite
def puzzles(draw: st.DrawFn) -> Puzzle:
    """Draw a puzzle in canonical form."""
    marking = draw(st.sampled_from(MARKINGS))
    answers = NUMBERS if marking == "number" else WORDS
    key, *distractors = draw(st.lists(answers, min_size=1, max_size=5, unique=True))
    if marking == "any_of":
        key, distractors = draw(st.sampled_from(["report|wait", "yes|no|later"])), []
    return Puzzle(
        stem=draw(TEXT.filter(lambda text: "lifeline" not in text.lower())),
        key=key,
        marking=marking,
        family=draw(WORDS),
        level=draw(st.integers(1, 5)),
        source=draw(TEXT),
        distractors=tuple(distractors),
    )


def bank(folder: Path, *lines: object, name: str = "bank.jsonl") -> str:
    """Write lines (text as it is, anything else as JSON) to a file and return its path."""
    path = folder / name
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return str(path)


def only(source: str) -> Puzzle:
    """Return the one puzzle of a source, whatever its level."""
    return read_puzzles(source, n=1, seed=0, levels=range(1, 6))[0]


@settings(deadline=None)
@given(written=st.lists(puzzles(), min_size=1, max_size=6, unique_by=lambda puzzle: puzzle.id))
def test_puzzles_that_are_written_are_read_back_the_same(written: list[Puzzle]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bank.jsonl"
        write_puzzles(written, path, with_keys=True)
        read = read_puzzles(str(path), n=len(written), seed=3, levels=range(1, 6))
    assert sorted(read, key=lambda p: p.id) == sorted(written, key=lambda p: p.id)


@given(puzzle=puzzles())
def test_a_line_without_keys_gives_no_answer_away(puzzle: Puzzle) -> None:
    fields = json.loads(puzzle_line(puzzle, with_keys=False))
    assert set(fields) == {"id", "family", "level", "marking", "source", "stem"}


def test_puzzles_are_written_to_json_lines_only(tmp_path: Path) -> None:
    with pytest.raises(PuzzleError, match=r"bank\.csv ends in '\.csv'; puzzles are written as"):
        write_puzzles([], tmp_path / "bank.csv", with_keys=True)


def test_a_folder_that_is_not_there_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(PuzzleError, match="cannot be written"):
        write_puzzles([], tmp_path / "none" / "bank.jsonl", with_keys=True)


def test_a_json_line_needs_only_a_stem_and_a_key(tmp_path: Path) -> None:
    assert only(bank(tmp_path, {"stem": "What is 2 + 2?", "key": "4"})) == Puzzle(
        "What is 2 + 2?", "4", "number", family="bank", level=5, source="bank.jsonl"
    )


def test_a_csv_row_may_state_everything(tmp_path: Path) -> None:
    source = bank(
        tmp_path,
        "stem,key,marking,family,level,distractors,note",
        '"Who, then, wins?",Carol,word,races,2,Alice|Bob,seen before',
        name="bank.csv",
    )
    assert only(source) == Puzzle(
        "Who, then, wins?", "carol", "word", "races", 2, "bank.csv", ("alice", "bob")
    )


@pytest.mark.parametrize("distractors", ['"[""1/2"", 3]"', "0.5|3"])
def test_distractors_in_csv_are_a_json_list_or_joined(tmp_path: Path, distractors: str) -> None:
    source = bank(tmp_path, "stem,key,distractors", f"2 + 2?,4,{distractors}", name="bank.csv")
    assert only(source).distractors == ("1/2", "3")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\N{ZERO WIDTH NO-BREAK SPACE}"])
@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("bank.jsonl", ["", '{"stem": "2 + 2?", "key": 4}', "", ""]),
        ("bank.csv", ["stem,key", "", "2 + 2?,4", ",", ""]),
    ],
)
def test_byte_order_marks_line_ends_and_empty_lines_change_nothing(
    tmp_path: Path, name: str, lines: list[str], mark: str, end: str
) -> None:
    path = tmp_path / name
    path.write_bytes((mark + end.join(lines)).encode())
    assert only(str(path)).stem == "2 + 2?"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ('"0.50"', "1/2"),
        ("0.50", "1/2"),
        ("1e2", "100"),
        ('"14/24"', "7/12"),
        ('"7 / 12"', "7/12"),
        ('"+7"', "7"),
        ('"\N{MINUS SIGN}12"', "-12"),
        ('"1,234"', "1234"),
        ('"12.5%"', "12.5%"),
        ('"1/0"', "1/0"),
        ('" Carol  Ann "', "carol ann"),
    ],
)
def test_a_key_is_read_into_canonical_form(tmp_path: Path, written: str, key: str) -> None:
    assert only(bank(tmp_path, f'{{"stem": "s", "key": {written}}}')).key == key


@given(
    q=st.fractions(max_denominator=10**6),
    write=st.sampled_from([str, lambda q: f"{2 * q.numerator}/{2 * q.denominator}"]),
)
def test_a_canonical_number_is_marked_right(q: Fraction, write: Callable[[Fraction], str]) -> None:
    key = canonical_key(write(q), "number")
    assert key == str(q)
    assert is_right(write(q), key, "number") is True


@given(st.text(alphabet="0123456789.,/%-+e ", max_size=12))
def test_what_sources_take_for_a_number_marking_reads_as_the_same_number(text: str) -> None:
    key = canonical_number(text)
    if key is not None:
        number = Fraction(key.removesuffix("%")) / (100 if key.endswith("%") else 1)
        assert read_number(key, percent=True) == number


@pytest.mark.parametrize(
    ("key", "marking"), [("17", "number"), ("7/12", "number"), ("carol", "word"), ("1,2", "word")]
)
def test_a_marking_that_is_not_given_fits_the_key(tmp_path: Path, key: str, marking: str) -> None:
    assert only(bank(tmp_path, {"stem": "s", "key": key})).marking == marking


@pytest.mark.parametrize("level", [3, "3", 3.0])
def test_a_level_may_be_written_as_any_number(tmp_path: Path, level: object) -> None:
    assert only(bank(tmp_path, {"stem": "s", "key": "1", "level": level})).level == 3


def test_levels_are_filtered_where_a_file_states_them(tmp_path: Path) -> None:
    source = bank(tmp_path, *({"stem": f"{i}?", "key": "1", "level": 1 + i % 5} for i in range(10)))
    assert {p.level for p in read_puzzles(source, n=4, seed=0, levels=(2, 3))} == {2, 3}


def test_levels_are_not_filtered_where_a_file_states_none(tmp_path: Path) -> None:
    source = bank(tmp_path, {"stem": "s", "key": "1"})
    assert len(read_puzzles(source, n=1, seed=0, levels=(2,))) == 1


def hundred(folder: Path, name: str, *, reverse: bool = False) -> str:
    rows = [{"stem": f"What is {i} + 1?", "key": str(i + 1)} for i in range(100)]
    return bank(folder, *(rows[::-1] if reverse else rows), name=name)


@given(n=st.integers(1, 99), seed=st.integers(0, 2**70))
@settings(max_examples=20, deadline=None)
def test_fewer_puzzles_are_the_first_of_more(n: int, seed: int) -> None:
    with TemporaryDirectory() as folder:
        source = hundred(Path(folder), "bank.jsonl")
        all_of_them = read_puzzles(source, n=100, seed=seed)
        assert read_puzzles(source, n=n, seed=seed) == all_of_them[:n]


def test_the_choice_does_not_depend_on_the_order_of_the_file(tmp_path: Path) -> None:
    one, other = hundred(tmp_path, "a.jsonl"), hundred(tmp_path, "b.jsonl", reverse=True)
    ids = [[p.id for p in read_puzzles(source, n=20, seed=5)] for source in (one, other)]
    assert ids[0] == ids[1]


def test_another_seed_chooses_other_puzzles(tmp_path: Path) -> None:
    source = hundred(tmp_path, "bank.jsonl")
    assert read_puzzles(source, n=20, seed=5) != read_puzzles(source, n=20, seed=6)


BAD_LINES: list[tuple[object, str]] = [
    ({"stem": "s"}, r"field 'key' is missing; give the right answer as text"),
    ({"stem": "s", "Key": "4"}, r"field 'key' is missing \(there is 'Key'\); give the right"),
    ({"stem": " ", "key": "4"}, r"field 'stem' is empty; give the question as text"),
    ({"stem": "s", "key": ["4"]}, r"field 'key' is a list; put text in quotation marks"),
    ({"stem": "s", "key": True}, r"field 'key' is true or false; put text"),
    ({"stem": "s", "key": "4", "level": 6}, r"field 'level' is '6'; give a whole number from 1"),
    ({"stem": "s", "key": "4", "level": "hard"}, r"field 'level' is 'hard'; give a whole"),
    (
        {"stem": "s", "key": "4", "marking": "numbers"},
        r"field 'marking' is not known: .*known: any_of.*Did you mean 'number'",
    ),
    ({"stem": "s", "key": "carol", "marking": "number"}, r"field 'key' 'carol' is no exact number"),
    ({"stem": "s", "key": "yes", "marking": "any_of"}, r"field 'key' 'yes' does not hold two"),
    ({"stem": "s", "key": "4", "distractors": "4|5"}, r"field 'distractors' holds the key '4'"),
    (
        {"stem": "s", "key": "4", "distractors": [5, "5.0"]},
        r"field 'distractors' holds the same answer twice",
    ),
    ({"stem": "s", "key": "4", "distractors": {"a": 1}}, r"field 'distractors' is no list"),
    ({"stem": "s", "key": "4", "distractors": "[5, 6"}, r"field 'distractors' is no list; give"),
    ({"stem": "s", "key": "4", "distractors": ["x"]}, r"field 'distractors' 'x' is no exact"),
    ({"stem": "Use a LIFELINE?", "key": "4"}, r"field 'stem' holds 'LIFELINE', the word that"),
    ({"stem": "s", "key": "lifelines"}, r"field 'key' holds 'lifelines', the word that"),
    ({"stem": "\ud800", "key": "4"}, r"field 'stem' holds half of a character"),
    ('{"stem": "s", "key": }', r"no valid JSON at column 22 \(Expecting value\); give one object"),
    ("[" * 100_000, r"JSON nested too deeply"),
    ("[1, 2]", r"no JSON object; write"),
]


@pytest.mark.parametrize(("line", "message"), BAD_LINES)
def test_a_bad_line_is_an_error_with_file_line_field_and_remedy(
    tmp_path: Path, line: object, message: str
) -> None:
    source = bank(tmp_path, {"stem": "2 + 2?", "key": "4"}, "", line)
    with pytest.raises(PuzzleError, match=rf"^bank\.jsonl line 3: {message}"):
        read_puzzles(source, n=1, seed=0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stem,answer\ns,4", r"line 1: column 'key' is missing \(columns: stem, answer\); begin"),
        ("stem;key\ns;4", r"line 1: column 'stem' is missing \(columns: stem;key\)"),
        ("stem,key,key\ns,4,5", r"line 1: column 'key' stands there twice"),
        ('stem,key\n"a\nb",4\ns,4,5', r"line 4: 3 cells under 2 columns; put cells"),
        ("stem,key\ns", r"line 2: field 'key' is missing"),
        ('stem,key\n"a\nb",4\n"s,4', r"line 4: no valid CSV .*; quote cells"),
        ("stem,key\n" + "s" * 200_000 + ",4", r"line 2: no valid CSV \(field larger"),
        ("stem,key\n", r"holds no puzzles"),
    ],
)
def test_a_bad_csv_is_an_error_with_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PuzzleError, match=rf"^bank\.csv {message}"):
        only(bank(tmp_path, text, name="bank.csv"))


def test_the_same_puzzle_twice_is_an_error_that_names_both_lines(tmp_path: Path) -> None:
    source = bank(tmp_path, {"stem": "s", "key": "0.5"}, "", {"stem": "s", "key": "1/2"})
    with pytest.raises(PuzzleError, match=r"bank\.jsonl line 3: .* as in bank\.jsonl line 1;"):
        only(source)


def test_bytes_that_are_not_text_are_an_error_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "bank.jsonl"
    path.write_bytes(b'{"stem": "s", "key": "4"}\n{"stem": "caf\xe9", "key": "5"}\n')
    with pytest.raises(PuzzleError, match=r"bank\.jsonl line 2: byte 0xe9 is not UTF-8; save"):
        only(str(path))


@pytest.mark.parametrize("name", ["bank.jsonl", "bank.csv"])
def test_an_empty_file_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(PuzzleError, match="holds no puzzles; give at least one line"):
        only(bank(tmp_path, name=name))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("bank.txt", r"bank\.txt ends in '\.txt'; give a \.jsonl or \.csv file"),
        ("none.jsonl", r"none\.jsonl cannot be read \(No such file or directory\); give the path"),
        ("bnak", r"unknown puzzle source 'bnak'; known: balk, balk:FAMILY"),
        ("hf:", r"hf: names no data set; write hf:NAME"),
        ("hf:x?question=q", r"hf:x\?question=q: unknown field 'question'; known: distractors, fam"),
        ("hf:x?stem=", r"field 'stem' has no column"),
        ("hf:x?stem=a&stem=b", r"a field stands there twice"),
    ],
)
def test_a_source_that_cannot_be_is_an_error(source: str, message: str) -> None:
    with pytest.raises(PuzzleError, match=message):
        only(source)


@pytest.mark.parametrize(
    ("n", "seed", "levels", "message"),
    [
        (0, 0, (5,), "n is 0"),
        (1, -1, (5,), "seed is -1"),
        (1, 0, (6,), "level is 6"),
        (3, 0, (1, 5), r"holds 2 puzzles at level 1, 5, and 3 are wanted; it has 1 at level 1, "),
    ],
)
def test_what_a_file_cannot_give_is_an_error(
    tmp_path: Path, n: int, seed: int, levels: tuple[int, ...], message: str
) -> None:
    rows = ({"stem": f"{level}?", "key": "1", "level": level} for level in (1, 2, 5))
    with pytest.raises(PuzzleError, match=message):
        read_puzzles(bank(tmp_path, *rows), n=n, seed=seed, levels=levels)


def test_too_few_puzzles_without_levels_is_an_error_that_says_how_many(tmp_path: Path) -> None:
    source = bank(tmp_path, {"stem": "s", "key": "1"})
    with pytest.raises(PuzzleError, match=r"bank\.jsonl holds 1 puzzles, and 40 are wanted; add"):
        read_puzzles(source, n=40, seed=0)


@pytest.fixture
def toy_families(monkeypatch: pytest.MonkeyPatch) -> None:
    def sums(rng: np.random.Generator, level: int) -> Draft:
        a, b = rng.integers(10**level, 10**9, size=2).tolist()
        return Draft(f"What is {a} + {b}?", str(a + b))

    for name in ("toy_sums", "toy_totals", "ethics"):
        monkeypatch.setitem(PUZZLES, name, sums)


@pytest.mark.usefixtures("toy_families")
@pytest.mark.parametrize(
    ("source", "families"),
    [
        ("balk", ()),
        ("balk:toy_sums", ("toy_sums",)),
        ("balk:toy_sums, toy_totals", ("toy_sums", "toy_totals")),
        ("ethics", ("ethics",)),
    ],
)
def test_the_built_in_bank_is_a_source(source: str, families: tuple[str, ...]) -> None:
    expected = make_puzzles(4, 7, (1, 2), families)
    assert read_puzzles(source, n=4, seed=7, levels=(1, 2)) == expected


class FakeDatasets(ModuleType):
    """Stands in for the package: two data sets, one with one split."""

    class Error(Exception):
        """The package's own kind of error."""

    exceptions = SimpleNamespace(DatasetsError=Error)

    def load_dataset(self, path: str, name: str | None, *, split: str | None) -> object:
        rows = [{"q": f"{i} + {i}?", "a": 2 * i, "hard": 1.0 + i % 5} for i in range(10)]
        if path not in {"team/sums", "team/split"}:
            raise self.Error(f"no data set {path}")
        if name not in {None, "main"}:
            raise ValueError(f"no config {name}")
        splits = {"test": rows} | ({"train": rows[:3]} if path == "team/split" else {})
        return splits if split is None else splits[split]


@pytest.fixture
def fake_datasets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", FakeDatasets("datasets"))


@pytest.mark.usefixtures("fake_datasets")
def test_a_data_set_is_read_by_its_map_of_columns() -> None:
    (puzzle,) = read_puzzles("hf:team/sums#main?stem=q&key=a&level=hard", n=1, seed=0, levels=(1,))
    assert (puzzle.family, puzzle.source, puzzle.level) == ("sums", "hf:team/sums", 1)
    assert puzzle.stem in {"0 + 0?", "5 + 5?"}


@pytest.mark.usefixtures("fake_datasets")
def test_a_split_of_a_data_set_can_be_chosen() -> None:
    assert len(read_puzzles("hf:team/split@train?stem=q&key=a", n=3, seed=0)) == 3


@pytest.mark.usefixtures("fake_datasets")
@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("hf:team/split?stem=q&key=a", r"hf:team/split has the splits test, train; choose one"),
        ("hf:team/sums?stem=q&key=answer", r"unknown column 'answer'; known: a, hard, q"),
        ("hf:team/sums#other?stem=q&key=a", r"cannot be loaded \(no config other\); check"),
        ("hf:team/none?stem=q&key=a", r"cannot be loaded \(no data set team/none\); check"),
        ("hf:team/sums?stem=q&key=a&level=a", r"row 0, counted from 0: field 'level' is '0'"),
        ("hf:team/sums?stem=q&key=a", r"holds 10 puzzles, and 11 are wanted"),
    ],
)
def test_a_data_set_that_does_not_fit_is_an_error(source: str, message: str) -> None:
    with pytest.raises(PuzzleError, match=message):
        read_puzzles(source, n=11, seed=0)


@pytest.mark.parametrize("order", ["@{split}#{config}", "#{config}@{split}"])
def test_split_and_config_stand_in_any_order(order: str) -> None:
    address = parse_address("a/b%40c" + order.format(split="test[:9]", config="main"))
    assert (address.name, address.split, address.config) == ("a/b@c", "test[:9]", "main")


@pytest.mark.filterwarnings("ignore")
def test_a_local_data_set_is_read_by_the_real_package(tmp_path: Path) -> None:
    pytest.importorskip("datasets", reason="the extra 'datasets' is not installed")
    rows = [{"question": f"What is {i} + {i}?", "answer": str(2 * i)} for i in range(5)]
    bank(tmp_path, *rows, name="train.jsonl")
    found = read_puzzles(f"hf:{tmp_path}?stem=question&key=answer", n=5, seed=0)
    assert sorted((p.stem, p.key) for p in found) == [tuple(row.values()) for row in rows]


@pytest.fixture
def fake_gym(monkeypatch: pytest.MonkeyPatch) -> None:
    def create_dataset(name: str, *, size: int, seed: int) -> Iterator[dict[str, object]]:
        n_different = {"sums": size, "stuck": 2}[name]
        for i in range(size):
            a = (seed + i) if n_different == size else i % 2
            yield {"question": f"What is {a} + 1?", "answer": None if i == 1 else f"{a + 1}"}

    factory = ModuleType("reasoning_gym.factory")
    vars(factory)["DATASETS"] = {"sums": None, "stuck": None}
    gym = ModuleType("reasoning_gym")
    vars(gym).update(create_dataset=create_dataset, factory=factory)
    monkeypatch.setitem(sys.modules, "reasoning_gym", gym)
    monkeypatch.setitem(sys.modules, "reasoning_gym.factory", factory)


@pytest.mark.usefixtures("fake_gym")
def test_a_generated_task_gives_as_many_puzzles_as_are_wanted() -> None:
    found = read_puzzles("reasoning-gym:sums", n=30, seed=1)
    assert len({p.id for p in found}) == 30
    assert {(p.family, p.marking, p.level) for p in found} == {("sums", "number", 5)}


@pytest.mark.usefixtures("fake_gym")
def test_neighbouring_seeds_share_no_generated_puzzle() -> None:
    one, other = (read_puzzles("reasoning-gym:sums", n=30, seed=seed) for seed in (1, 2))
    assert not {p.id for p in one} & {p.id for p in other}


@pytest.mark.usefixtures("fake_gym")
@pytest.mark.parametrize(
    ("task", "message"),
    [
        ("stuck", r"reasoning-gym:stuck gave 2 different puzzles in 12 draws, and 3 are wanted"),
        ("sum", r"unknown reasoning-gym task 'sum'; known: stuck, sums. Did you mean 'sums'"),
    ],
)
def test_a_task_that_cannot_be_had_is_an_error(task: str, message: str) -> None:
    with pytest.raises(PuzzleError, match=message):
        read_puzzles(f"reasoning-gym:{task}", n=3, seed=0)


def test_puzzles_come_from_the_real_generator_package() -> None:
    pytest.importorskip("reasoning_gym", reason="the extra 'reasoning-gym' is not installed")
    found = read_puzzles("reasoning-gym:leg_counting", n=5, seed=0)
    assert {p.marking for p in found} == {"number"}


@pytest.mark.parametrize(
    ("module", "source", "extra"),
    [
        ("datasets", "hf:team/sums", "datasets"),
        ("reasoning_gym", "reasoning-gym:sums", "reasoning-gym"),
    ],
)
def test_a_package_that_is_not_installed_is_an_error_that_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, module: str, source: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"pip install 'balk\[{extra}\]'"):
        only(source)
