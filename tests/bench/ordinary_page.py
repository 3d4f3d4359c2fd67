"""The overview as it is mostly written: everything read and judged again in each run."""

import os

import pandas as pd
import plotly.express as px
import sqlalchemy as sa
import streamlit as st

WANTED = """
SELECT area.code AS area, region.code AS region, indicator.code AS indicator, year, value, target
FROM current_value
JOIN area ON area.id = area_id LEFT JOIN area AS region ON region.id = area.region_id
JOIN indicator ON indicator.id = indicator_id
JOIN (
  SELECT indicator_id AS of_indicator, max(CAST(value AS REAL)) AS target
  FROM target GROUP BY indicator_id
) ON of_indicator = indicator_id
WHERE cell_id = 0 AND plan_code = 'UN-GPA' AND value IS NOT NULL
"""


def status(series: pd.DataFrame) -> str:
    """Return whether a series goes where it should, as an analyst would write it."""
    series = series.sort_values("year")
    base, last = series.iloc[0], series.iloc[-1]
    if last["year"] == base["year"] or last["target"] == base["value"]:
        return "no trend"
    share = (last["value"] - base["value"]) / (last["target"] - base["value"])
    return "on track" if share >= 0.9 else "moderate" if share >= 0.5 else "behind"


record = sa.create_engine(f"sqlite:///{os.environ['HEADWAY_HOME']}/headway.db")
table = pd.read_sql(WANTED, record)
st.title("Overview")
region = st.selectbox("Region", ["all", *sorted(table["region"].dropna().unique())])
if region != "all":
    table = table[table["region"] == region]
found = table.groupby(["area", "indicator"])[["year", "value", "target"]].apply(status)
st.dataframe(found.value_counts().reset_index())
wide = found.reset_index(name="status").pivot(index="area", columns="indicator", values="status")
st.plotly_chart(px.imshow(wide.apply(lambda column: column.astype("category").cat.codes)))
