"""Find anything: countries in six languages, the plan, instruments, terms."""

from dashboard.i18n import _
from dashboard.ui import search, widgets

found = widgets.open_picture(_("Search"), lede=_("Answers while you type."))
search.whole(found.plan.plan)
