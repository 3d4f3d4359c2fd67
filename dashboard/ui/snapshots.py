"""What the page of snapshots shows, and the form that takes one."""

from datetime import date, datetime

import streamlit as st

from dashboard.i18n import _, instant, number
from dashboard.services import access, reads, signing, snapshots
from dashboard.services.views import Picture
from dashboard.ui import look, snapshot, visit
from models import Fault, HeadwayError, Snapshot


def take(found: Picture) -> None:
    """Let an evaluator or administrator freeze what is known."""
    if not access.allows(visit.who(), "snapshot", plan=found.plan.plan):
        said = _("Evaluators, the secretariat and administrators take them; anyone may use them.")
        st.caption(said)
        return
    token = visit.token("snapshot")
    today = visit.now().date()
    with st.form(f"take_{token}"):
        name = st.text_input(_("Name"), placeholder=_("For example: Before the fifth appraisal"))
        day = st.date_input(
            _("As known at the end of"), value=today, min_value=date(2010, 1, 1), max_value=today
        )
        sent = st.form_submit_button(_("Take a snapshot"), type="primary")
    if not sent:
        return
    moment = reads.end_of(day) if day < today else None
    with st.spinner(_("Collecting, computing and sealing …")):
        outcome = _taken(found.plan.plan, name, moment, token)
    if outcome.result is None:
        st.error(outcome.message)
    else:
        st.success(
            _("Taken. Its identity is {identity}.").format(identity=outcome.result),
            icon=":material/verified:",
        )


def _taken(plan: str, name: str, moment: datetime | None, token: str) -> visit.Outcome[str]:
    """Seal while only reading, so that nobody who writes has to wait, and then keep it."""
    who, now = visit.who(), visit.now()
    try:
        sign = signing.sign(visit.settings())
        with visit.read() as session:
            ready = snapshots.seal(
                session,
                who,
                plan,
                name=name,
                as_of=moment,
                publisher=visit.settings().agency,
                sign=sign,
                now=now,
            )
    except HeadwayError as error:
        return visit.Outcome(None, (Fault("", str(error)),))
    return visit.write(lambda session: snapshots.keep(session, who, ready, now=now).id, token=token)


def listing(found: Picture) -> None:
    """Show every snapshot of the plan with its identity, its file and how to cite it."""
    with visit.read() as session:
        rows = [row.model_dump() for row in snapshots.listing(session, found.plan.plan)]
    if not rows:
        st.html(look.empty(_("No snapshot has been taken yet.")))
        return
    for row in rows:
        _one(found, Snapshot(**row))


def _one(found: Picture, row: Snapshot) -> None:
    with st.container(border=True):
        st.markdown(f"**{row.name}**")
        if row.is_illustrative:
            st.html(look.tag(_("Illustrative data"), "warn"))
        st.html(
            look.facts(
                [
                    (_("As known at"), instant(row.as_of)),
                    (_("Identity"), row.id),
                    (_("Observations"), number(row.observations)),
                    (_("Cite as"), cite(found, row)),
                ]
            )
        )
        st.html(
            look.way(_("Page of this snapshot: files, preview, references"), snapshot.link(row))
        )
        st.download_button(
            _("Download the data package (zip)"),
            data=lambda: _content(row.id),
            file_name=row.file_name,
            mime="application/zip",
            key=f"get_{row.id}",
            icon=":material/download:",
            on_click="ignore",
        )


def _content(identity: str) -> bytes:
    with visit.read() as session:
        return snapshots.content(session, identity)


def cite(found: Picture, row: Snapshot) -> str:
    """Return how a snapshot is cited."""
    return _(
        "{agency} ({year}). {title}: {name} [Data set, as known at {moment}]. sha256:{identity}"
    ).format(
        agency=visit.settings().agency,
        year=row.as_of.year,
        title=found.plan.title,
        name=row.name,
        moment=instant(row.as_of),
        identity=row.id,
    )
