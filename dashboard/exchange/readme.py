"""The texts inside a snapshot: how to read it, how to verify it, how to cite it."""

import json
from typing import Final

from dashboard.exchange.about import ILLUSTRATIVE, About, moment
from dashboard.exchange.schema import RESOURCES

AREAS_NOTICE: Final = (
    "Names and codes of countries and areas come from hdx-python-country "
    "(MIT License, Copyright (c) 2016 Michael Rans)."
)


def readme(about: About, rows: dict[str, int]) -> str:
    """Return README.md."""
    mark = (
        f"> **{ILLUSTRATIVE}.** `is_illustrative` says so in each row.\n\n"
        if (about.is_illustrative)
        else ""
    )
    tables = "\n".join(
        f"| `{resource.path}` | {resource.title} | {rows[name]} |"
        for name, resource in RESOURCES.items()
    )
    return f"""# {about.title}: {about.name}

{mark}State of the record of **{about.plan}** ({about.symbol}) as of **{moment(about.as_of)}**,
published by {about.publisher}. Licence: {about.licence.title} ({about.licence.address}).

## How to read it

Each table is a CSV file: UTF-8, commas, text in double quotes, a point for decimals, days as
`2026-03-01`, moments in UTC. `datapackage.json` describes every column and says which columns refer
to which table; `codelists/` says what each code means.

| file | what | rows |
| --- | --- | --- |
{tables}

The same once more, for other readers: `parquet/` (every table, typed), `xlsx/` (a workbook whose
first sheet says how to read it), `sdmx/` (structure, SDMX-CSV 2.0 and SDMX-ML 3.0) and `iati/`
(IATI 2.03; left out where it would be too long). `plan/wording.json` is the plan as it was worded.

* An empty cell is missing, never zero. Why a figure is missing stands beside it in `status` and
  `missing_reason`.
* `m49` is text: `004` is not 4. Excel drops the zeros; read the column as text, or use `area`.
* `observations.csv` holds what is accepted; `revisions.csv` everything that ever was, from when to
  when. What was never accepted is not here.
* `statuses.csv` was computed from these tables by the method `{about.method}`, assessed in
  {about.assessed}. `engine` is the version of that arithmetic. Computed numbers are given to ten
  significant digits.
* `aggregates.csv` gives, beside each figure, how many States report (`n`) of how many (`states`);
  where too few do, the figure is left out.

## How to verify it

The identity of this snapshot is the SHA-256 of `manifest.json`. The manifest names the SHA-256 of
every other file, and where the audit trail stood.

    python verify.py SNAPSHOT.zip            needs Python 3.9 or later, nothing else
    headway verify SNAPSHOT.zip              also computes every status again
    minisign -Vm manifest.json -P KEY        where manifest.json.minisig is there
    frictionless validate SNAPSHOT.zip       an independent program for data packages
    unzip -p SNAPSHOT.zip manifest.json | sha256sum

Compare the identity with the one on the page of the snapshot, or in the text that cites it. Take
`verify.py` from a copy you trust; without a file it checks the folder or zip it lies in. A snapshot
without `manifest.json.minisig` is unsigned. Where it is signed, compare the key with the one that
the publisher gives elsewhere: a key inside the file proves nothing by itself.

## How to cite it

> {about.publisher} ({about.as_of.year}). *{about.title}: {about.name}*. Data as of
> {moment(about.as_of)}. Headway snapshot, sha256: (the identity).

`CITATION.cff`, `datacite.json` and `dcat.jsonld` say the same for programs and portals;
`codebook.md` says what every column and code means. {AREAS_NOTICE}
"""


def citation(about: About, digest: str) -> str:
    """Return CITATION.cff; `digest` is the SHA-256 of the descriptor, which names all the data."""
    title = f"{about.title}: {about.name}"
    if about.is_illustrative:
        title = f"[{ILLUSTRATIVE}] {title}"
    day = about.as_of.date().isoformat()
    # JSON strings are YAML strings: nothing a title holds can break out of its quotes.
    return f"""cff-version: 1.2.0
message: "If you use these data, please cite them as below."
type: dataset
title: {json.dumps(title)}
authors:
  - name: {json.dumps(about.publisher)}
version: {json.dumps(moment(about.as_of))}
date-released: {day}
license: {about.licence.name}
identifiers:
  - type: other
    value: "sha256:{digest}"
    description: "SHA-256 of datapackage.json, which names the SHA-256 of every table"
"""
