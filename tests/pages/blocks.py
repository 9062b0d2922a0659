"""The pages as data: their fenced blocks, what a comment says of each, their links."""

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
_COMMENT = re.compile(r"<!--\s*(file|test):\s*(.*?)\s*-->")
_PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code, and what the comment before it says.

    `file` is the name under which a reader saves it; `needs` is what the commands need and a test
    has not, so that they are checked and not run.
    """

    language: str
    text: str
    is_fenced: bool
    file: str = ""
    needs: str = ""


def blocks(page: Path) -> list[Block]:
    """Return the blocks of a page in order."""
    found = []
    said: dict[str, str] = {}
    for token in _PARSER.parse(page.read_text()):
        if token.type == "html_block":
            said = dict(_COMMENT.findall(token.content))
        elif token.type in {"fence", "code_block"}:
            found.append(_block(token, said))
            said = {}
        elif token.type.endswith("_open"):
            said = {}
    return found


def _block(token: Token, said: dict[str, str]) -> Block:
    return Block(
        language=token.info.strip(),
        text=token.content,
        is_fenced=token.type == "fence",
        file=said.get("file", ""),
        needs=said.get("test", "").removeprefix("needs "),
    )


def code_spans(page: Path) -> list[str]:
    """Return what stands in the text as code."""
    return [one.content for one in _inline(page) if one.type == "code_inline"]


def links(page: Path) -> list[str]:
    """Return where the links and pictures of a page lead."""
    kinds = {"link_open": "href", "image": "src"}
    return [str(one.attrs[kinds[one.type]]) for one in _inline(page) if one.type in kinds]


def _inline(page: Path) -> list[Token]:
    return [child for token in _PARSER.parse(page.read_text()) for child in token.children or ()]
