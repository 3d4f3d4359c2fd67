"""Send a file: take the workbook, fill it in, upload it or any table, look through it, send it."""

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import cached, entry, look, upload, visit, widgets

found = widgets.open_picture(
    _("Upload"),
    lede=_("Fill in a workbook without a network, or send any table: nothing counts unseen."),
)
person = visit.require("submit", plan=found.plan.plan)
words = cached.words(found.plan.plan)
area = entry.pick_area(found, person)
st.html(look.heading(_("Take a workbook"), level=2))
upload.offer_workbook(found, words, person, area)
st.html(look.heading(_("Send a file"), level=2))
upload.show_said()
given = upload.take_file(found.plan.plan)
if given is not None:
    looked = upload.read(given, found.plan.plan)
    if looked is not None:
        upload.map_columns(given, looked, words)
        upload.show(given, looked)
        upload.record(given, looked)
st.html(look.heading(_("Files you have sent"), level=2))
upload.show_batches(found.plan.plan, person)
