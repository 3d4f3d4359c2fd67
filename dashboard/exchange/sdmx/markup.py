"""SDMX-ML: structure-specific data of versions 2.1 and 3.0, series by series."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from dashboard.exchange.about import ILLUSTRATIVE, Meta
from dashboard.exchange.sdmx import columns, model
from dashboard.exchange.sdmx.columns import Columns, attribute, quoted
from dashboard.exchange.sdmx.model import Structure

MEDIA: Final = {
    "2.1": "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
    "3.0": "application/vnd.sdmx.data+xml;version=3.0.0",
}
SCHEMAS: Final = "http://www.sdmx.org/resources/sdmxml/schemas/"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
INLINE: Final = tuple(name for name in model.ATTRIBUTES if name not in model.SERIES_ATTRIBUTES)


def write(
    rows: Iterable[pd.DataFrame],
    structure: Structure,
    meta: Meta,
    *,
    flow: str = "",
    version: str = "3.0",
    with_history: bool = False,
) -> Iterator[bytes]:
    """Yield the observations as SDMX-ML, chunk by chunk; series are to come one after another.

    With history, each chunk is a data set of its own: what became valid at its first moment.
    """
    shaped = (columns.shaped(chunk, structure) for chunk in rows)
    return message(shaped, structure, meta, flow=flow, version=version, with_history=with_history)


def message(
    chunks: Iterable[Columns],
    structure: Structure,
    meta: Meta,
    *,
    flow: str = "",
    version: str = "3.0",
    with_history: bool = False,
    keys_only: bool = False,
) -> Iterator[bytes]:
    """Yield columns that are ready as one message; with keys only, series have no observations."""
    name = flow or structure.id
    yield _start(structure, meta, name, version)
    last: tuple[str, ...] = ()
    is_open = False
    for chunk in chunks:
        if not columns.height(chunk):
            continue
        if not is_open or with_history:
            end = "</Series>\n</mes:DataSet>\n" if is_open else ""
            yield (end + _data_set(structure, version, chunk, with_history)).encode()
            last, is_open = (), True
        yield _observations(chunk, last, keys_only=keys_only)
        last = columns.key(chunk, columns.height(chunk) - 1)
    if is_open:
        yield b"</Series>\n</mes:DataSet>\n"
    else:
        yield f"{_data_set(structure, version, {}, False)}</mes:DataSet>\n".encode()
    yield b"</mes:StructureSpecificData>\n"


def _observations(chunk: Columns, last: tuple[str, ...], *, keys_only: bool) -> bytes:
    n = columns.height(chunk)
    begins = columns.changes(chunk)
    heads = _heads(chunk, begins, last)
    if keys_only:
        return columns.octets(heads)
    parts: list[Any] = [
        columns.spread(heads, begins, n),
        chunk[model.TIME].map(lambda text: f'<Obs TIME_PERIOD="{text}"'),
        f' {model.MEASURE}="',
        chunk[model.MEASURE],
        '"',
        *(
            chunk[name].map(attribute(name))
            for name in INLINE
            if any(chunk[name].texts) and not _is_false(name, chunk)
        ),
        "/>\n",
    ]
    return columns.octets(columns.glued(parts))


def _is_false(name: str, chunk: Columns) -> bool:
    return name == "ILLUSTRATIVE" and not chunk[name].numbers().any()


def _heads(chunk: Columns, begins: "np.ndarray[Any, Any]", last: tuple[str, ...]) -> "pa.Array":
    """Return what stands before the first observation of each series."""
    rows = pa.array(begins)
    named = (*model.KEY, *model.SERIES_ATTRIBUTES)
    parts: list[Any] = [chunk[name].map(attribute(name)).only(rows) for name in named]
    heads = columns.glued(["</Series>\n<Series", *parts, ">\n"])
    if not last:
        first = heads[0].as_py().removeprefix("</Series>\n")
    elif columns.key(chunk, 0) == last:
        first = ""  # the series of the chunk before goes on
    else:
        return heads
    return pa.concat_arrays([pa.array([first]), heads[1:]])


def _start(structure: Structure, meta: Meta, flow: str, version: str) -> bytes:
    space = f"{SCHEMAS}v{version.replace('.', '_')}"
    number = structure.short if version == "2.1" else structure.version
    title = f"{meta.title} ({ILLUSTRATIVE})" if meta.is_illustrative else meta.title
    own = _space(structure, number)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<mes:StructureSpecificData xmlns:xsi="{XSI}" xmlns:mes="{space}/message"'
        f' xmlns:com="{space}/common" xmlns:ss="{space}/data/structurespecific"'
        f' xmlns:ns1="{own}">\n'
        f"<mes:Header>\n<mes:ID>{flow}</mes:ID>\n<mes:Test>false</mes:Test>\n"
        f"<mes:Prepared>{meta.as_of.strftime('%Y-%m-%dT%H:%M:%SZ')}</mes:Prepared>\n"
        f'<mes:Sender id="{structure.agency}"/>\n'
        f'<mes:Structure structureID="{structure.id}" namespace="{own}"'
        f' dimensionAtObservation="TIME_PERIOD">\n{_usage(structure, flow, version)}'
        "</mes:Structure>\n"
        f'<mes:Source xml:lang="en">{quoted(f"{title}. {meta.source}. {meta.licence.address}")}'
        "</mes:Source>\n</mes:Header>\n"
    ).encode()


def _usage(structure: Structure, flow: str, version: str) -> str:
    if version != "2.1":
        named = model.urn("Dataflow", structure, flow, structure.version)
        return f"<com:StructureUsage>{named}</com:StructureUsage>\n"
    return (
        f'<com:StructureUsage><Ref agencyID="{structure.agency}" id="{flow}"'
        f' version="{structure.short}" class="Dataflow"/></com:StructureUsage>\n'
    )


def _space(structure: Structure, number: str) -> str:
    name = model.urn("DataStructure", structure, structure.id, number)
    return f"{name}:ObsLevelDim:TIME_PERIOD"


def _data_set(structure: Structure, version: str, chunk: Columns, with_history: bool) -> str:
    since = ""
    if with_history:
        column = chunk["DATA_LAST_UPDATE"]
        since = f' ss:validFromDate="{column.texts[column.codes[0].as_py()]}"'
    scope = ' ss:dataScope="DataStructure"' if version == "2.1" else ""
    action = "Append" if with_history else "Information"
    return (
        f'<mes:DataSet ss:structureRef="{structure.id}" xsi:type="ns1:DataSetType"'
        f'{scope} ss:action="{action}"{since}>\n'
    )
