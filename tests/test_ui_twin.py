"""The table beside a chart says in words what its figure says in signs."""

import pandas as pd

from dashboard import i18n
from dashboard.ui import twin

ROWS = pd.DataFrame({"bar": ["Prevention"], "status": ["on_track"], "n": [3], "odd": [1.5]})


def test_statuses_and_columns_are_words() -> None:
    i18n.speak("en")
    shown = twin.table(ROWS, {"bar": "Objective"})
    assert shown.columns.tolist() == ["Objective", "Status", "Number", "odd"]
    assert shown["Status"].tolist() == ["On track"]
    assert ROWS["status"].tolist() == ["on_track"], "files keep the codes"


def test_the_words_are_the_readers() -> None:
    i18n.speak(i18n.PSEUDO)
    assert "⟦Status⟧" in twin.table(ROWS)
    i18n.speak("en")
