"""The record: all its tables, and the guards that keep history from being changed.

Drafted by `python -m models.migrations.draft --anew`.
"""

import sqlalchemy as sa
from alembic import op

from models.base import guards

revision = "0001"
down_revision = None

HISTORY = (
    "observation",
    "measure_update",
    "review_event",
    "audit_event",
    "snapshot",
    "snapshot_bytes",
    "submission",
    "remark",
    "remark_step",
    "evidence_revision",
)


def upgrade() -> None:
    """Make the tables, those first that others refer to, then the guards."""
    for make in (
        _area,
        _audit_event,
        _cell,
        _chain_head,
        _current_value,
        _evidence_revision,
        _evidence_use,
        _instrument,
        _packed_series,
        _person,
        _plan,
        _receipt,
        _remark_step,
        _review_event,
        _review_state,
        _value_span,
        _access_grant,
        _actor,
        _api_token,
        _area_name,
        _article,
        _batch,
        _column_mapping,
        _correspondence,
        _dimension,
        _draft,
        _event,
        _evidence,
        _login_session,
        _membership,
        _message,
        _objective,
        _one_time_link,
        _plan_edition,
        _recovery_code,
        _related_plan,
        _remark,
        _scale,
        _second_factor,
        _snapshot,
        _weight,
        _batch_state,
        _indicator,
        _measure,
        _reporting_round,
        _scale_level,
        _snapshot_bytes,
        _baseline,
        _crosswalk_link,
        _measure_actor,
        _measure_indicator,
        _measure_update,
        _observation,
        _round_area,
        _round_indicator,
        _round_measure,
        _submission,
        _target,
    ):
        make()
    for table in HISTORY:
        for statement in guards(table)[op.get_bind().dialect.name]:
            op.execute(statement)


def _area() -> None:
    op.create_table(
        "area",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "world",
                "region",
                "subregion",
                "state",
                "observer",
                "territory",
                "group",
                name="areakind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("iso2", sa.String(), nullable=False),
        sa.Column("iso3", sa.String(), nullable=False),
        sa.Column("m49", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("subregion_id", sa.Integer(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("tile_column", sa.Integer(), nullable=True),
        sa.Column("tile_row", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", name=op.f("uq_area_code")),
    )


def _audit_event() -> None:
    op.create_table(
        "audit_event",
        sa.Column("chain", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("row_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_audit_event")),
    )
    op.create_index(
        op.f("ix_audit_event_at_chain_seq"), "audit_event", ["at", "chain", "seq"], unique=False
    )


def _cell() -> None:
    op.create_table(
        "cell",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell")),
        sa.UniqueConstraint("code", name=op.f("uq_cell_code")),
    )


def _chain_head() -> None:
    op.create_table(
        "chain_head",
        sa.Column("chain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_seq", sa.Integer(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("data_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_chain_head")),
    )


def _current_value() -> None:
    op.create_table(
        "current_value",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("cell_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("denominator", sa.Float(), nullable=True),
        sa.Column("qualifier", sa.String(length=1), nullable=False),
        sa.Column("status", sa.String(length=1), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "area_id", "indicator_id", "cell_id", "period", name=op.f("pk_current_value")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_current_value_indicator_id_cell_id"),
        "current_value",
        ["indicator_id", "cell_id"],
        unique=False,
    )


def _evidence_revision() -> None:
    op.create_table(
        "evidence_revision",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(digest = '') = (address <> '')", name=op.f("ck_evidence_revision_file_or_address")
        ),
        sa.PrimaryKeyConstraint("area_id", "number", "revision", name=op.f("pk_evidence_revision")),
    )
    op.create_index(
        op.f("ix_evidence_revision_digest"), "evidence_revision", ["digest"], unique=False
    )


def _evidence_use() -> None:
    op.create_table(
        "evidence_use",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("area_id", "number", "seq", name=op.f("pk_evidence_use")),
    )
    op.create_index(
        op.f("ix_evidence_use_area_id_seq"), "evidence_use", ["area_id", "seq"], unique=False
    )


def _instrument() -> None:
    op.create_table(
        "instrument",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("adopted", sa.String(), nullable=False),
        sa.Column("in_force", sa.String(), nullable=False),
        sa.Column("depositary", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_instrument")),
    )


def _packed_series() -> None:
    op.create_table(
        "packed_series",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("cell_id", sa.Integer(), nullable=False),
        sa.Column("heads", sa.LargeBinary(), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.Column("flags", sa.LargeBinary(), nullable=False),
        sa.Column("denominators", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("area_id", "cell_id", name=op.f("pk_packed_series")),
    )


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_person_issuer_subject")),
    )


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("short_title", sa.String(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("adopted", sa.Date(), nullable=False),
        sa.Column("adopted_by", sa.String(), nullable=False),
        sa.Column("legal_nature", sa.String(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("review_levels", sa.Integer(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_plan")),
        sa.UniqueConstraint("number", name=op.f("uq_plan_number")),
    )


def _receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("chain", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "token", name=op.f("pk_receipt")),
    )


def _remark_step() -> None:
    op.create_table(
        "remark_step",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "after",
            sa.Enum(
                "given",
                "published",
                "withdrawn",
                name="remarkstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("area_id", "number", "step", name=op.f("pk_remark_step")),
    )


def _review_event() -> None:
    op.create_table(
        "review_event",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "before",
            sa.Enum(
                "draft",
                "submitted",
                "endorsed",
                "returned",
                "accepted",
                "superseded",
                "withdrawn",
                name="before",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column(
            "after",
            sa.Enum(
                "draft",
                "submitted",
                "endorsed",
                "returned",
                "accepted",
                "superseded",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("area_id", "seq", "step", name=op.f("pk_review_event")),
    )


def _review_state() -> None:
    op.create_table(
        "review_state",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "subject",
            sa.Enum(
                "observation",
                "measure_update",
                name="subject",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "endorsed",
                "returned",
                "accepted",
                "superseded",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("area_id", "seq", name=op.f("pk_review_state")),
    )
    op.create_index(
        op.f("ix_review_state_state_area_id"), "review_state", ["state", "area_id"], unique=False
    )


def _value_span() -> None:
    op.create_table(
        "value_span",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("cell_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("denominator", sa.Float(), nullable=True),
        sa.Column("qualifier", sa.String(length=1), nullable=False),
        sa.Column("status", sa.String(length=1), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "area_id",
            "indicator_id",
            "cell_id",
            "period",
            "accepted_at",
            name=op.f("pk_value_span"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_value_span_indicator_id_cell_id_area_id_period_accepted_at"),
        "value_span",
        ["indicator_id", "cell_id", "area_id", "period", "accepted_at"],
        unique=False,
    )


def _access_grant() -> None:
    op.create_table(
        "access_grant",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "viewer",
                "coordinator",
                "focal_point",
                "reviewer",
                "evaluator",
                "secretariat",
                "civil_society",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("plan_code", sa.String(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("from_group", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_access_grant_area_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_access_grant_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_code"], ["plan.code"], name=op.f("fk_access_grant_plan_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grant")),
    )
    op.create_index(op.f("ix_access_grant_person_id"), "access_grant", ["person_id"], unique=False)


def _actor() -> None:
    op.create_table(
        "actor",
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plan_code"], ["plan.code"], name=op.f("fk_actor_plan_code")),
        sa.PrimaryKeyConstraint("plan_code", "code", name=op.f("pk_actor")),
    )


def _api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"], unique=False)


def _area_name() -> None:
    op.create_table(
        "area_name",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("formal", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_area_name_area_id")),
        sa.PrimaryKeyConstraint("area_id", "language", "since", name=op.f("pk_area_name")),
    )


def _article() -> None:
    op.create_table(
        "article",
        sa.Column("instrument_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_code"], ["instrument.code"], name=op.f("fk_article_instrument_code")
        ),
        sa.PrimaryKeyConstraint("instrument_code", "code", name=op.f("pk_article")),
    )


def _batch() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["plan_code"], ["plan.code"], name=op.f("fk_batch_plan_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index(op.f("ix_batch_digest"), "batch", ["digest"], unique=False)


def _column_mapping() -> None:
    op.create_table(
        "column_mapping",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("headers", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_column_mapping_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_code"], ["plan.code"], name=op.f("fk_column_mapping_plan_code")
        ),
        sa.PrimaryKeyConstraint(
            "person_id", "plan_code", "headers", name=op.f("pk_column_mapping")
        ),
    )


def _correspondence() -> None:
    op.create_table(
        "correspondence",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("unsubscribed_at", sa.BigInteger(), nullable=True),
        sa.Column("calendar", sa.Integer(), nullable=False),
        sa.Column("visited_at", sa.BigInteger(), nullable=True),
        sa.Column("visited_before", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_correspondence_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_correspondence")),
    )


def _dimension() -> None:
    op.create_table(
        "dimension",
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["plan_code"], ["plan.code"], name=op.f("fk_dimension_plan_code")),
        sa.PrimaryKeyConstraint("plan_code", "code", name=op.f("pk_dimension")),
    )


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_draft_area_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id")),
        sa.ForeignKeyConstraint(["plan_code"], ["plan.code"], name=op.f("fk_draft_plan_code")),
        sa.PrimaryKeyConstraint(
            "person_id", "area_id", "subject", "detail", "plan_code", name=op.f("pk_draft")
        ),
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plan_code"], ["plan.code"], name=op.f("fk_event_plan_code")),
        sa.PrimaryKeyConstraint("plan_code", "number", name=op.f("pk_event")),
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_evidence_area_id")),
        sa.PrimaryKeyConstraint("area_id", "number", name=op.f("pk_evidence")),
    )


def _login_session() -> None:
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_login_session_person_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_session")),
    )
    op.create_index(
        op.f("ix_login_session_person_id"), "login_session", ["person_id"], unique=False
    )


def _membership() -> None:
    op.create_table(
        "membership",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_membership_area_id")),
        sa.ForeignKeyConstraint(["group_id"], ["area.id"], name=op.f("fk_membership_group_id")),
        sa.PrimaryKeyConstraint("group_id", "area_id", "since", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_area_id"), "membership", ["area_id"], unique=False)


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("person_id", "day", name=op.f("uq_message_person_id_day")),
    )


def _objective() -> None:
    op.create_table(
        "objective",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("paras", sa.String(), nullable=False),
        sa.Column(
            "para_confidence",
            sa.Enum(
                "verified",
                "medium",
                "low",
                "none",
                name="confidence",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "gpa",
                "plan",
                "treaty",
                "seed",
                name="origin",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["plan_code"], ["plan.code"], name=op.f("fk_objective_plan_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objective")),
        sa.UniqueConstraint("plan_code", "code", name=op.f("uq_objective_plan_code_code")),
    )


def _one_time_link() -> None:
    op.create_table(
        "one_time_link",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "invitation", "reset", name="purpose", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "viewer",
                "coordinator",
                "focal_point",
                "reviewer",
                "evaluator",
                "secretariat",
                "civil_society",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("plan_code", sa.String(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_one_time_link_area_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_one_time_link_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_code"], ["plan.code"], name=op.f("fk_one_time_link_plan_code")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_link")),
    )
    op.create_index(
        op.f("ix_one_time_link_person_id"), "one_time_link", ["person_id"], unique=False
    )


def _plan_edition() -> None:
    op.create_table(
        "plan_edition",
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("installed_at", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_code"], ["plan.code"], name=op.f("fk_plan_edition_plan_code")
        ),
        sa.PrimaryKeyConstraint("plan_code", "version", name=op.f("pk_plan_edition")),
    )


def _recovery_code() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "code_hash", name=op.f("pk_recovery_code")),
    )


def _related_plan() -> None:
    op.create_table(
        "related_plan",
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("organization", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("adopted", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("objectives", sa.JSON(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_code"], ["plan.code"], name=op.f("fk_related_plan_plan_code")
        ),
        sa.PrimaryKeyConstraint("plan_code", "code", name=op.f("pk_related_plan")),
    )


def _remark() -> None:
    op.create_table(
        "remark",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "voice",
            sa.Enum(
                "state",
                "evaluator",
                "civil_society",
                name="voice",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("reply_until", sa.Date(), nullable=True),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_remark_area_id")),
        sa.PrimaryKeyConstraint("area_id", "number", name=op.f("pk_remark")),
    )


def _scale() -> None:
    op.create_table(
        "scale",
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lowest", sa.Integer(), nullable=False),
        sa.Column("highest", sa.Integer(), nullable=False),
        sa.Column("meets", sa.Integer(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["plan_code"], ["plan.code"], name=op.f("fk_scale_plan_code")),
        sa.PrimaryKeyConstraint("plan_code", "code", name=op.f("pk_scale")),
    )


def _second_factor() -> None:
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factor")),
    )


def _snapshot() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("observations", sa.Integer(), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("manifest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plan_code"], ["plan.code"], name=op.f("fk_snapshot_plan_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    op.create_index(op.f("ix_snapshot_plan_code"), "snapshot", ["plan_code"], unique=False)


def _weight() -> None:
    op.create_table(
        "weight",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_weight_area_id")),
        sa.PrimaryKeyConstraint("area_id", "name", "year", name=op.f("pk_weight")),
    )


def _batch_state() -> None:
    op.create_table(
        "batch_state",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("recorded", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_state_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batch_state")),
    )
    op.create_index(
        op.f("ix_batch_state_finished_at"), "batch_state", ["finished_at"], unique=False
    )


def _indicator() -> None:
    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "percentage",
                "rate",
                "ratio",
                "count",
                "currency",
                "ordinal",
                "binary",
                "text",
                name="kind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "direction",
            sa.Enum(
                "up", "down", "none", name="direction", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("direction_note", sa.String(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "structure",
                "process",
                "outcome",
                name="indicatortype",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "tier",
            sa.Enum(
                "core",
                "standard",
                "optional",
                name="tier",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("scale_code", sa.String(), nullable=True),
        sa.Column("numerator", sa.String(), nullable=False),
        sa.Column("denominator", sa.String(), nullable=False),
        sa.Column("disaggregations", sa.JSON(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column(
            "entry_mode",
            sa.Enum(
                "central_import",
                "coordinator",
                "computed",
                name="entrymode",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "frequency",
            sa.Enum(
                "continuous",
                "annual",
                "every_2_years",
                "every_4_years",
                name="frequency",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "aggregation",
            sa.Enum(
                "share_meeting",
                "median",
                "mean",
                "weighted_mean",
                "ratio_of_sums",
                "sum",
                "recompute",
                "distribution",
                "direct",
                name="aggregation",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "aggregation_global",
            sa.Enum(
                "share_meeting",
                "median",
                "mean",
                "weighted_mean",
                "ratio_of_sums",
                "sum",
                "recompute",
                "distribution",
                "direct",
                name="aggregation_global",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("aggregation_weight", sa.String(), nullable=False),
        sa.Column("aggregation_note", sa.String(), nullable=False),
        sa.Column("min_coverage", sa.Float(), nullable=False),
        sa.Column(
            "meets_operator",
            sa.Enum(
                ">=",
                "<=",
                "=",
                "between",
                name="operator",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("meets_value", sa.Text(), nullable=True),
        sa.Column("lower", sa.Text(), nullable=True),
        sa.Column("upper", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("is_integer", sa.Boolean(), nullable=False),
        sa.Column("numerator_within_denominator", sa.Boolean(), nullable=False),
        sa.Column("scores_progress", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("custodian", sa.String(), nullable=False),
        sa.Column("source_alternatives", sa.JSON(), nullable=False),
        sa.Column("sdg_indicator", sa.String(), nullable=False),
        sa.Column("human_rights_caveat", sa.String(), nullable=False),
        sa.Column("is_sensitive", sa.Boolean(), nullable=False),
        sa.Column("min_cell", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["objective_id"], ["objective.id"], name=op.f("fk_indicator_objective_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_code", "scale_code"],
            ["scale.plan_code", "scale.code"],
            name=op.f("fk_indicator_plan_code_scale_code"),
        ),
        sa.ForeignKeyConstraint(["plan_code"], ["plan.code"], name=op.f("fk_indicator_plan_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("plan_code", "code", name=op.f("uq_indicator_plan_code_code")),
    )


def _measure() -> None:
    op.create_table(
        "measure",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("paras", sa.String(), nullable=False),
        sa.Column(
            "para_confidence",
            sa.Enum(
                "verified",
                "medium",
                "low",
                "none",
                name="confidence",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "content_basis",
            sa.Enum(
                "read",
                "read_partial",
                "recall_high",
                "recall_medium",
                "not_gpa",
                name="contentbasis",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("content_source", sa.String(), nullable=False),
        sa.Column("founding_paras", sa.JSON(), nullable=False),
        sa.Column(
            "approach",
            sa.Enum(
                "punitive",
                "restorative",
                "preventive",
                "enabling",
                name="approach",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("dimensions", sa.JSON(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "gpa",
                "plan",
                "treaty",
                "seed",
                name="origin",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["objective_id"], ["objective.id"], name=op.f("fk_measure_objective_id")
        ),
        sa.ForeignKeyConstraint(["plan_code"], ["plan.code"], name=op.f("fk_measure_plan_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
        sa.UniqueConstraint("plan_code", "code", name=op.f("uq_measure_plan_code_code")),
    )


def _reporting_round() -> None:
    op.create_table(
        "reporting_round",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("opens", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=4000), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("sealed_by", sa.String(), nullable=True),
        sa.Column("sealed_at", sa.BigInteger(), nullable=True),
        sa.Column("snapshot_id", sa.String(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_code"], ["plan.code"], name=op.f("fk_reporting_round_plan_code")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_reporting_round_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_reporting_round")),
    )
    op.create_index(
        op.f("ix_reporting_round_plan_code"), "reporting_round", ["plan_code"], unique=False
    )


def _scale_level() -> None:
    op.create_table(
        "scale_level",
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("scale_code", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_code", "scale_code"],
            ["scale.plan_code", "scale.code"],
            name=op.f("fk_scale_level_plan_code_scale_code"),
        ),
        sa.PrimaryKeyConstraint("plan_code", "scale_code", "value", name=op.f("pk_scale_level")),
    )


def _snapshot_bytes() -> None:
    op.create_table(
        "snapshot_bytes",
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshot_bytes_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", name=op.f("pk_snapshot_bytes")),
    )


def _baseline() -> None:
    op.create_table(
        "baseline",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column(
            "rule",
            sa.Enum(
                "status_at_adoption",
                "fixed_year",
                "first_report",
                "latest_before_appraisal",
                name="baselinerule",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_baseline_area_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_baseline_indicator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline")),
    )
    op.create_index(
        op.f("ix_baseline_indicator_id_area_id"),
        "baseline",
        ["indicator_id", "area_id"],
        unique=False,
    )


def _crosswalk_link() -> None:
    op.create_table(
        "crosswalk_link",
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("instrument_code", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("article_code", sa.String(), nullable=True),
        sa.Column(
            "relation",
            sa.Enum(
                "equal",
                "subset",
                "superset",
                "intersects",
                "related",
                name="relation",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_crosswalk_link_measure_id")
        ),
        sa.PrimaryKeyConstraint(
            "measure_id", "instrument_code", "reference", name=op.f("pk_crosswalk_link")
        ),
    )


def _measure_actor() -> None:
    op.create_table(
        "measure_actor",
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("actor_code", sa.String(), nullable=False),
        sa.Column(
            "part",
            sa.Enum("lead", "support", name="part", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_measure_actor_measure_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_code", "actor_code"],
            ["actor.plan_code", "actor.code"],
            name=op.f("fk_measure_actor_plan_code_actor_code"),
        ),
        sa.PrimaryKeyConstraint(
            "measure_id", "plan_code", "actor_code", name=op.f("pk_measure_actor")
        ),
    )


def _measure_indicator() -> None:
    op.create_table(
        "measure_indicator",
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_measure_indicator_indicator_id")
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_measure_indicator_measure_id")
        ),
        sa.PrimaryKeyConstraint("measure_id", "indicator_id", name=op.f("pk_measure_indicator")),
    )


def _measure_update() -> None:
    op.create_table(
        "measure_update",
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column(
            "implementation",
            sa.Enum(
                "not_started",
                "planned",
                "under_way",
                "blocked",
                "completed",
                "discontinued",
                "not_applicable",
                name="implementation",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("milestone", sa.String(length=2000), nullable=False),
        sa.Column("milestone_due", sa.Date(), nullable=True),
        sa.Column("blocker", sa.String(length=2000), nullable=False),
        sa.Column("next_step", sa.String(length=2000), nullable=False),
        sa.Column("weakness", sa.String(length=2000), nullable=False),
        sa.Column("gap", sa.String(length=2000), nullable=False),
        sa.Column("challenge", sa.String(length=2000), nullable=False),
        sa.Column("resources", sa.String(length=2000), nullable=False),
        sa.Column("resources_needed", sa.Text(), nullable=True),
        sa.Column("resources_committed", sa.Text(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=1000), nullable=False),
        sa.Column("evidence", sa.String(length=2000), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("revises", sa.Integer(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "entry",
                "import",
                "api",
                "fact",
                "demo",
                name="channel",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_measure_update_area_id")),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_measure_update_measure_id")
        ),
        sa.PrimaryKeyConstraint("area_id", "seq", name=op.f("pk_measure_update")),
    )
    op.create_index(
        op.f("ix_measure_update_area_id_measure_id_as_at"),
        "measure_update",
        ["area_id", "measure_id", "as_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_measure_update_batch_id"), "measure_update", ["batch_id"], unique=False
    )


def _observation() -> None:
    op.create_table(
        "observation",
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column(
            "qualifier",
            sa.Enum("", "<", ">", name="qualifier", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "A",
                "B",
                "D",
                "E",
                "I",
                "P",
                "U",
                "L",
                "M",
                "Q",
                name="observationstatus",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("missing_reason", sa.String(length=1000), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("numerator", sa.Text(), nullable=True),
        sa.Column("denominator", sa.Text(), nullable=True),
        sa.Column(
            "nature",
            sa.Enum(
                "C", "CA", "E", "M", "G", name="nature", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=1000), nullable=False),
        sa.Column("source_date", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(length=2000), nullable=False),
        sa.Column("note", sa.String(length=4000), nullable=False),
        sa.Column("comment", sa.String(length=4000), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("cell_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revises", sa.Integer(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "entry",
                "import",
                "api",
                "fact",
                "demo",
                name="channel",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(status IN ('L', 'M', 'Q')) = (value IS NULL AND text = '')",
            name=op.f("ck_observation_value_or_reason"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_observation_area_id")),
        sa.ForeignKeyConstraint(["cell_id"], ["cell.id"], name=op.f("fk_observation_cell_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_observation_indicator_id")
        ),
        sa.PrimaryKeyConstraint("area_id", "seq", name=op.f("pk_observation")),
    )
    op.create_index(
        op.f("ix_observation_area_id_indicator_id_cell_id_period"),
        "observation",
        ["area_id", "indicator_id", "cell_id", "period"],
        unique=False,
    )
    op.create_index(op.f("ix_observation_batch_id"), "observation", ["batch_id"], unique=False)


def _round_area() -> None:
    op.create_table(
        "round_area",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("round_code", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("extended_by", sa.String(), nullable=True),
        sa.Column("extended_at", sa.BigInteger(), nullable=True),
        sa.Column("extension_reason", sa.String(), nullable=False),
        sa.Column("reminded_by", sa.String(), nullable=True),
        sa.Column("reminded_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_round_area_area_id")),
        sa.ForeignKeyConstraint(
            ["round_code"], ["reporting_round.code"], name=op.f("fk_round_area_round_code")
        ),
        sa.PrimaryKeyConstraint("area_id", "round_code", name=op.f("pk_round_area")),
    )
    op.create_index(op.f("ix_round_area_round_code"), "round_area", ["round_code"], unique=False)


def _round_indicator() -> None:
    op.create_table(
        "round_indicator",
        sa.Column("round_code", sa.String(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_round_indicator_indicator_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_code"], ["reporting_round.code"], name=op.f("fk_round_indicator_round_code")
        ),
        sa.PrimaryKeyConstraint("round_code", "indicator_id", name=op.f("pk_round_indicator")),
    )


def _round_measure() -> None:
    op.create_table(
        "round_measure",
        sa.Column("round_code", sa.String(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_round_measure_measure_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_code"], ["reporting_round.code"], name=op.f("fk_round_measure_round_code")
        ),
        sa.PrimaryKeyConstraint("round_code", "measure_id", name=op.f("pk_round_measure")),
    )


def _submission() -> None:
    op.create_table(
        "submission",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("round_code", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("refs", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_submission_area_id")),
        sa.ForeignKeyConstraint(
            ["round_code"], ["reporting_round.code"], name=op.f("fk_submission_round_code")
        ),
        sa.PrimaryKeyConstraint("area_id", "number", name=op.f("pk_submission")),
    )
    op.create_index(op.f("ix_submission_round_code"), "submission", ["round_code"], unique=False)


def _target() -> None:
    op.create_table(
        "target",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column(
            "operator",
            sa.Enum(
                ">=",
                "<=",
                "=",
                "between",
                name="operator",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("upper", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("is_interim", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "national",
                "agreed",
                name="targetstatus",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("applies_to", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_target_area_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_target_indicator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
    )
    op.create_index(
        op.f("ix_target_indicator_id_area_id"), "target", ["indicator_id", "area_id"], unique=False
    )
