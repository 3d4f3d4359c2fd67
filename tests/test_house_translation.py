"""Every string a person sees passes through gettext, so that it can be translated."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

from tests import house

SHOWN = frozenset(
    {
        *("title", "header", "subheader", "caption", "markdown", "write", "text", "metric"),
        *("info", "warning", "error", "success", "toast", "spinner", "status", "badge"),
        *("button", "form_submit_button", "download_button", "link_button"),
        *("selectbox", "multiselect", "radio", "checkbox", "toggle", "slider", "pills"),
        *("segmented_control", "text_input", "text_area", "number_input", "date_input"),
        *("file_uploader", "expander", "popover", "dialog", "tabs", "Column"),
        *("TextColumn", "NumberColumn", "CheckboxColumn", "LinkColumn", "ProgressColumn"),
        *("SelectboxColumn", "DateColumn", "MultiselectColumn", "ButtonColumn"),
    }
)
"""Functions of Streamlit whose first argument a person reads."""
READ = frozenset({"label", "body", "help", "placeholder", "title", "caption", "text", "alt"})
"""Their other arguments that a person reads."""
WORDS = re.compile(r"[A-Za-z]{2,}")
FACES = [
    *house.pages(),
    house.ROOT / "dashboard" / "app.py",
    *sorted((house.ROOT / "dashboard" / "ui").glob("*.py")),
]


def bare(path: Path) -> Iterator[str]:
    """Yield each string that is shown as it stands in the source."""
    for node in ast.walk(house.tree(path)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        read = [word.value for word in node.keywords if word.arg in READ and name]
        if name in SHOWN and node.args and _is_streamlit(node.func):
            read.append(node.args[0])
        for shown in read:
            yield from (f"{path.name}:{piece.lineno} {piece.value!r}" for piece in _literals(shown))


def _is_streamlit(function: ast.expr) -> bool:
    # `st.title`, `st.sidebar.button`, `left.metric`: whatever is not a call on a module of ours.
    while isinstance(function, ast.Attribute):
        function = function.value
    return not (isinstance(function, ast.Name) and function.id in {"charts", "files", "look"})


def _literals(shown: ast.expr) -> Iterator[ast.Constant]:
    """Yield the words in an expression that do not pass through a function on their way."""
    if isinstance(shown, ast.Constant):
        if isinstance(shown.value, str) and WORDS.search(_plain(shown.value)):
            yield shown
    elif isinstance(shown, ast.BinOp) and not isinstance(shown.op, ast.Add | ast.Mod):
        return  # the parts of a path
    elif isinstance(shown, ast.JoinedStr | ast.BinOp | ast.IfExp | ast.BoolOp | ast.List):
        for piece in ast.iter_child_nodes(shown):
            if isinstance(piece, ast.expr):
                yield from _literals(piece)


def _plain(text: str) -> str:
    without_icons = re.sub(r":[a-z_]+(/[a-z_]+)?:|:[a-z]+\[", "", text)
    return re.sub(r"<[^>]*>|&[a-z]+;|https?://\S+", "", without_icons)


@pytest.mark.parametrize("face", FACES, ids=lambda path: path.stem)
def test_no_string_is_shown_as_it_stands(face: Path) -> None:
    assert list(bare(face)) == []


def test_a_bare_string_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text('st.title("Hello")\nst.caption(f"of {n} States")\nst.button(_("Send"))\n')
    assert list(bare(page)) == ["page.py:1 'Hello'", "page.py:2 'of '", "page.py:2 ' States'"]


def test_the_catalogue_for_translators_can_be_drawn() -> None:
    keywords = DEFAULT_KEYWORDS | {"plural": (1, 2)}
    found = extract_from_dir(str(house.ROOT / "dashboard"), keywords=keywords)
    assert len({message for _, _, message, _, _ in found}) > 100
