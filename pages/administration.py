"""People and what they may do."""

from dashboard.i18n import _
from dashboard.ui import administration, visit, widgets

found = widgets.open_picture(_("Administration"), lede=_("People and their roles."))
person = visit.require("invite", "lift")
widgets.link("audit", _("Trail of changes"))
administration.people(found, person)
