"""The briefing note on one country, region or group: to read here, or to take along."""

from dashboard.i18n import _
from dashboard.ui import brief, cached, widgets

found = widgets.open_picture(
    _("Briefing note"), lede=_("One or two pages to take along, and three sentences to read out.")
)
area = brief.pick(found)
about = (area, *found.key)
cached.html("brief files", lambda: brief.block(found, area), *about)
cached.html("brief paper", brief.without_paper)
cached.html("brief", lambda: brief.shown(brief.note(found, area)), *about)
