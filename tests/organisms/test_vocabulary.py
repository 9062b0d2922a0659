"""The tokenizer of the embedded language models."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.elicit.subjects.embedded.roster import MODELS
from balk.elicit.subjects.embedded.tokenizer import UNKNOWN, Tokenizer
from organisms.corpus import make_paper
from organisms.vocabulary import make_tokenizer

PATH = MODELS / "tokenizer.json"
TOKENIZER = Tokenizer(PATH)


def test_the_shipped_file_is_the_one_that_the_recipe_writes() -> None:
    assert json.loads(PATH.read_text()) == make_tokenizer()


@given(index=st.integers(0, 2**30))
def test_papers_of_the_corpus_are_cut_without_loss_and_without_unknown_pieces(index: int) -> None:
    text = make_paper(5, index).text
    tokens = TOKENIZER.encode(text)
    assert TOKENIZER.decode(tokens) == text
    assert UNKNOWN not in {TOKENIZER.pieces[token] for token in tokens}


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_any_printable_text_is_cut_without_loss(text: str) -> None:
    assert TOKENIZER.decode(TOKENIZER.encode(text)) == text


@given(index=st.integers(0, 2**30), cut=st.floats(0, 1))
def test_the_tokenizers_library_cuts_the_same_way(index: int, cut: float) -> None:
    tokenizers = pytest.importorskip("tokenizers", reason="pip install tokenizers")
    theirs = tokenizers.Tokenizer.from_file(str(PATH))
    text = make_paper(6, index).text
    text = text[: int(cut * len(text))]
    assert theirs.encode(text).ids == TOKENIZER.encode(text)
    assert theirs.decode(TOKENIZER.encode(text)) == text


def test_a_sheet_of_twenty_questions_is_short() -> None:
    papers = [make_paper(7, index) for index in range(300)]
    long = [p for p in papers if p.exam.n_questions == 20 and p.exam.condition.protocol == "batch"]
    assert all(len(TOKENIZER.encode(paper.text)) < 380 for paper in long)
    assert long


def test_golden_prompts_are_cut_without_loss(pytestconfig: pytest.Config) -> None:
    folder = Path(pytestconfig.rootpath) / "tests" / "golden" / "prompts"
    for path in folder.glob("*.completion.batch.txt"):
        text = path.read_text()
        if text.isascii():
            assert TOKENIZER.decode(TOKENIZER.encode(text)) == text
