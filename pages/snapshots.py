"""Snapshots: frozen copies that can be downloaded, verified, cited and made again."""

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import differences, snapshot, snapshots, widgets

found = widgets.open_picture(
    _("Snapshots"),
    lede=_(
        "A frozen copy of all that was known at a moment, which proves itself and never changes."
    ),
)
identity = snapshot.asked()
if identity:
    snapshot.show(found, identity)
    st.stop()
snapshots.take(found)
snapshots.listing(found)
differences.show(found)
st.header(_("How to verify a snapshot"))
st.html(snapshot.how_to_verify())
