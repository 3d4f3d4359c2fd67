"""One figure of a grid by itself: the levels in words, its parts, evidence to choose or upload."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import streamlit as st

from dashboard.i18n import _
from dashboard.i18n.labels import word
from dashboard.services import evidence, stores
from dashboard.services.texts import IndicatorText
from dashboard.ui import visit
from models import MISSING, BadInput, ObservationStatus

Change = Callable[[Mapping[str, Any]], None]
STATUSES: Final = [status.value for status in ObservationStatus]
SILENT: Final = frozenset(status.value for status in MISSING)


def draw(
    text: IndicatorText,
    content: Mapping[str, Any],
    change: Change,
    *,
    key: str,
    plan: str,
    area: str,
) -> None:
    """Draw all fields of a figure; `change` keeps them whenever one of them is left."""
    fields = Fields(content, change, key)
    st.caption(str(text.fields["definition"]))
    if text.levels and not text.criteria:
        fields.levels(text)
    else:
        fields.line("value", _("Value, in {unit}").format(unit=text.fields["unit"]))
    if text.fields["numerator"]:
        left, right = st.columns(2)
        with left:
            fields.line("numerator", _("Numerator"), hint=text.fields["numerator"])
        with right:
            fields.line("denominator", _("Denominator"), hint=text.fields["denominator"])
    fields.status()
    fields.line("missing_reason", _("Reason, where there is no value"))
    fields.line("source", _("Source of the figure"))
    _evidence(fields, plan=plan, area=area)
    fields.line("note", _("Note beside the figure (public)"))
    fields.line("comment", _("Comment to the reviewer (not public)"))


class Fields:
    """The fields of one figure, each a widget that is kept when it is left."""

    def __init__(self, content: Mapping[str, Any], change: Change, key: str) -> None:
        self.content, self.change, self.key = content, change, key

    def at(self, name: str) -> str:
        """Return the key of a field; it is another once its content was changed elsewhere."""
        return f"{self.key}_{name}_{self.content.get(name) or ''}"

    def put(self, name: str, value: object) -> None:
        """Keep a field."""
        known = {field: said for field, said in self.content.items() if field != "other"}
        self.change({**known, name: str(value or "").strip()})

    def _left(self, name: str, at: str) -> None:
        self.put(name, st.session_state[at])

    def line(self, name: str, label: str, *, hint: str = "") -> None:
        """Draw a field of text."""
        at = self.at(name)
        st.session_state.setdefault(at, str(self.content.get(name) or ""))
        st.text_input(label, key=at, help=hint or None, on_change=self._left, args=(name, at))

    def levels(self, text: IndicatorText) -> None:
        """Draw the levels of a scale with what they mean."""
        labels = {str(level.value): level for level in text.levels}
        at, now = self.at("value"), str(self.content.get("value") or "")
        st.session_state.setdefault(at, now if now in labels else None)
        st.radio(
            _("Level"),
            list(labels),
            key=at,
            format_func=lambda value: f"{value}  {labels[value].label}",
            captions=[level.meaning for level in text.levels],
            on_change=self._left,
            args=("value", at),
        )

    def status(self) -> None:
        """Draw how firm the figure is, or why there is none."""
        at = self.at("status")
        now = str(self.content.get("status") or ObservationStatus.NORMAL.value)
        st.session_state.setdefault(at, now if now in STATUSES else STATUSES[0])
        st.selectbox(
            _("How firm it is, or why there is none"),
            STATUSES,
            key=at,
            format_func=lambda status: word("observation_status", status),
            on_change=self._firm,
            args=(at,),
        )

    def _firm(self, at: str) -> None:
        status = st.session_state[at]
        self.put("status", "" if status == ObservationStatus.NORMAL.value else status)


def _evidence(fields: Fields, *, plan: str, area: str) -> None:
    who = visit.who()
    with visit.read() as session:
        table = evidence.library(session, who, area, plan=plan, today=visit.now().date())
    names = dict(zip(table["name"], table["title"], strict=True))
    now = str(fields.content.get("evidence") or "").strip()
    at = f"{fields.at('evidence')}_piece"
    known = now.upper() if now.upper() in names else None
    st.session_state.setdefault(at, known)
    st.selectbox(
        _("Evidence from the library"),
        list(names),
        key=at,
        format_func=lambda name: f"{name}  {names[name]}",
        placeholder=_("Choose"),
        on_change=fields._left,
        args=("evidence", at),
    )
    fields.line("evidence", _("Or a link to the evidence"))
    token = visit.token(f"{fields.key}_file")
    given = st.file_uploader(
        _("Or a file for the library (only those who report and review see it)"),
        key=f"file_{token}",
        max_upload_size=evidence.LARGEST // 1024 // 1024,
    )
    if given is None or not st.button(_("Add the file"), key=f"add_{token}"):
        return
    try:
        file = evidence.keep(stores.store(visit.settings()), given.name, given.getvalue())
    except BadInput as refusal:
        for fault in refusal.faults:
            st.error(_(str(fault)))
        return
    now_, title = visit.now(), file.name
    outcome = visit.write(
        lambda session: evidence.add(
            session, who, area, {"title": title}, file, plan=plan, token=token, now=now_
        ),
        token=token,
    )
    if outcome.result is None:
        st.error(outcome.message)
        return
    fields.put("evidence", f"{area}-E{outcome.result}")
    st.rerun(scope="fragment")
