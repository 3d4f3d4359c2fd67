"""A sheet to draw on: what a picture is made of, gathered before Plotly sees any of it.

Plotly checks a whole figure again whenever one line of text is added to it, and once more when it
is made. Gathered here and handed over as it is, a figure is made about ten times as fast; the tests
have Plotly check an example of every picture.
"""

from typing import Any

import plotly.graph_objects as go


class Sheet:
    """Traces, texts, shapes and layout of a figure to be."""

    def __init__(self) -> None:
        self.traces: list[dict[str, Any]] = []
        self.texts: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []
        self.layout: dict[str, Any] = {}

    def draw(self, kind: str, **trace: Any) -> None:
        """Draw data as a trace of this kind, such as `scatter` or `bar`."""
        self.traces.append({"type": kind} | trace)

    def write(self, text: str, **place: Any) -> None:
        """Write a text without frame or arrow, unless told otherwise."""
        plain = {"showarrow": False, "borderpad": 0, "borderwidth": 0}
        self.texts.append({"text": text} | plain | place)

    def mark(self, kind: str, **place: Any) -> None:
        """Draw a shape of this kind, such as `line`, `rect` or `path`."""
        self.shapes.append({"type": kind} | place)

    def across(self, y: float, line: dict[str, Any], *, axis: str = "y") -> None:
        """Draw a line over the whole width at a height of an axis, behind the data."""
        self.mark("line", xref="paper", x0=0, x1=1, yref=axis, y0=y, y1=y, line=line, layer="below")

    def down(self, x: float | str, line: dict[str, Any]) -> None:
        """Draw a line over the whole height at a place of the horizontal axis, behind the data."""
        self.mark("line", xref="x", x0=x, x1=x, yref="paper", y0=0, y1=1, line=line, layer="below")

    def set(self, **layout: Any) -> None:
        """Set parts of the layout."""
        self.layout |= layout

    def figure(self) -> go.Figure:
        """Return all of it as a figure, not checked by Plotly."""
        layout = self.layout | {"annotations": self.texts, "shapes": self.shapes}
        return go.Figure(data=self.traces, layout=layout, _validate=False)
