"""Structure messages of SDMX-ML 2.1 and 3.0: what the codes of the figures mean."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape

from dashboard.exchange.about import ILLUSTRATIVE
from dashboard.exchange.sdmx import artefacts, columns, model
from dashboard.exchange.sdmx.artefacts import CONCEPTS, Available, Chosen
from dashboard.exchange.sdmx.markup import SCHEMAS
from dashboard.exchange.sdmx.model import Category, Code, Structure

MEDIA: Final = {
    "2.1": "application/vnd.sdmx.structure+xml;version=2.1",
    "3.0": "application/vnd.sdmx.structure+xml;version=3.0.0",
}
ORDER: Final = {
    "2.1": (
        *("dataflow", "categoryscheme", "categorisation", "codelist", "conceptscheme"),
        *("datastructure", "constraint"),
    ),
    "3.0": (
        *("categorisation", "categoryscheme", "codelist", "conceptscheme", "constraint"),
        *("dataflow", "datastructure"),
    ),
}
"""The order in which the schemas want the kinds of artefacts."""
COMMON: Final = {
    "codelist": "Codelists",
    "categoryscheme": "CategorySchemes",
    "categorisation": "Categorisations",
    "datastructure": "DataStructures",
    "dataflow": "Dataflows",
}
PLURAL: Final = {
    "2.1": {**COMMON, "conceptscheme": "Concepts", "constraint": "Constraints"},
    "3.0": {**COMMON, "conceptscheme": "ConceptSchemes", "constraint": "DataConstraints"},
}
TEXT_TYPES: Final = {
    "UPPER_BOUND": "Double",
    "DATA_LAST_UPDATE": "DateTime",
    "ILLUSTRATIVE": "Boolean",
}


def write(
    chosen: Sequence[Chosen],
    *,
    version: str,
    prepared: datetime,
    available: Available | None = None,
) -> bytes:
    """Return the artefacts of one plan or several as one message."""
    space = f"{SCHEMAS}v{version.replace('.', '_')}"
    makers = [(_Maker(one.structure, version), one) for one in artefacts.once(chosen)]
    body = []
    for kind in ORDER[version]:
        made = "".join(maker.kind(kind, one, available) for maker, one in makers)
        if made:
            name = PLURAL[version][kind]
            body.append(f"<str:{name}>\n{made}</str:{name}>\n")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<mes:Structure xmlns:mes="{space}/message" xmlns:str="{space}/structure"'
        f' xmlns:com="{space}/common">\n'
        "<mes:Header>\n<mes:ID>STRUCTURE</mes:ID>\n<mes:Test>false</mes:Test>\n"
        f"<mes:Prepared>{prepared.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}</mes:Prepared>\n"
        f'<mes:Sender id="{chosen[0].structure.agency}"/>\n</mes:Header>\n'
        f"<mes:Structures>\n{''.join(body)}</mes:Structures>\n</mes:Structure>\n"
    ).encode()


def _named(names: Mapping[str, str]) -> str:
    return "".join(
        f'<com:Name xml:lang="{code}">{_text(name)}</com:Name>\n' for code, name in names.items()
    )


def _text(words: str) -> str:
    return escape(words.translate(columns.FORBIDDEN))


def _notes(notes: Mapping[str, str]) -> str:
    made = "".join(
        f"<com:Annotation><com:AnnotationTitle>{_text(said)}</com:AnnotationTitle>"
        f"<com:AnnotationType>{kind}</com:AnnotationType></com:Annotation>\n"
        for kind, said in notes.items()
    )
    return f"<com:Annotations>\n{made}</com:Annotations>\n" if made else ""


class _Maker:
    """Writes the artefacts of one structure in one version."""

    def __init__(self, structure: Structure, version: str) -> None:
        self.structure, self.version = structure, version
        self.is_old = version == "2.1"
        self.number = structure.short if self.is_old else structure.version
        final = "" if not self.is_old else ' isFinal="true"'
        self.about = f'agencyID="{structure.agency}" version="{self.number}"{final}'

    def kind(self, kind: str, chosen: Chosen, available: Available | None) -> str:
        """Return the artefacts of a kind, or nothing."""
        s = self.structure
        if kind == "constraint":
            is_ours = available is not None and available.flow in {flow.id for flow in s.flows}
            return self.constraint(available) if is_ours and available else ""
        ids: tuple[str, ...] = getattr(chosen, kind)
        makers: Mapping[str, Callable[[str], str]] = {
            "codelist": self.codelist,
            "conceptscheme": lambda _name: self.concepts(),
            "categoryscheme": lambda _name: self.categories(),
            "categorisation": self.categorisation,
            "datastructure": lambda _name: self.data_structure(),
            "dataflow": lambda name: self.flow(next(f for f in s.flows if f.id == name)),
        }
        return "".join(makers[kind](name) for name in ids)

    # References ---------------------------------------------------------------------------

    def ref(self, kind: str, name: str, item: str = "") -> str:
        """Return a reference as the version writes it."""
        if not self.is_old:
            return model.urn(kind, self.structure, name, self.number, item)
        packages = model.urn(kind, self.structure, name, self.number).split(".")[3]
        agency = self.structure.agency
        if item:
            return (
                f'<Ref maintainableParentID="{name}" maintainableParentVersion="{self.number}"'
                f' agencyID="{agency}" id="{item}" package="{packages}" class="{kind}"/>'
            )
        return (
            f'<Ref id="{name}" version="{self.number}" agencyID="{agency}"'
            f' package="{packages}" class="{kind}"/>'
        )

    def urn(self, kind: str, name: str, item: str = "") -> str:
        """Return the attribute that names an artefact."""
        return f'urn="{model.urn(kind, self.structure, name, self.number, item)}"'

    # Artefacts ----------------------------------------------------------------------------

    def codelist(self, name: str) -> str:
        """Return a code list."""
        component = artefacts.lists(self.structure)[name]
        codes = "".join(self.code(code) for code in self.structure.codes[component])
        title = _named({"en": model.CONCEPTS[component]})
        return f'<str:Codelist id="{name}" {self.about}>\n{title}{codes}</str:Codelist>\n'

    def code(self, code: Code) -> str:
        """Return a code."""
        parent = ""
        if code.parent:
            bare = code.parent
            inner = f'<Ref id="{bare}"/>' if self.is_old else bare
            parent = f"<str:Parent>{inner}</str:Parent>\n"
        return (
            f'<str:Code id="{code.id}">\n{_notes(code.notes)}{_named(code.names)}{parent}'
            "</str:Code>\n"
        )

    def concepts(self) -> str:
        """Return the concept scheme."""
        made = "".join(
            f'<str:Concept id="{name}">\n{_named({"en": said})}</str:Concept>\n'
            for name, said in model.CONCEPTS.items()
        )
        title = _named({"en": "Concepts"})
        return (
            f'<str:ConceptScheme id="{CONCEPTS}" {self.about}>\n{title}{made}</str:ConceptScheme>\n'
        )

    def categories(self) -> str:
        """Return the category scheme: objectives, measures, indicators."""
        made = "".join(self.category(one) for one in self.structure.categories)
        title = _named(self.structure.names)
        return (
            f'<str:CategoryScheme id="{self.structure.scheme}" {self.about}>\n{title}{made}'
            "</str:CategoryScheme>\n"
        )

    def category(self, one: Category) -> str:
        """Return a category and what lies below."""
        below = "".join(self.category(part) for part in one.below)
        return f'<str:Category id="{one.id}">\n{_named(one.names)}{below}</str:Category>\n'

    def categorisation(self, name: str) -> str:
        """Return the link between a flow and the first objective, which all figures serve."""
        flow = name.removeprefix("IN_")
        first = self.structure.categories[0].id
        title = _named({"en": f"{flow} in {self.structure.scheme}"})
        return (
            f'<str:Categorisation id="{name}" {self.about}>\n{title}'
            f"<str:Source>{self.ref('Dataflow', flow)}</str:Source>\n"
            f"<str:Target>{self.ref('Category', self.structure.scheme, first)}</str:Target>\n"
            "</str:Categorisation>\n"
        )

    def flow(self, flow: model.Flow) -> str:
        """Return a dataflow."""
        notes = {"illustrative": ILLUSTRATIVE} if self.structure.is_illustrative else {}
        link = self.ref("DataStructure", self.structure.id)
        return (
            f'<str:Dataflow id="{flow.id}" {self.about}>\n{_notes(notes)}{_named(flow.names)}'
            f"<str:Structure>{link}</str:Structure>\n</str:Dataflow>\n"
        )

    def data_structure(self) -> str:
        """Return the data structure definition."""
        s = self.structure
        key = "".join(
            f'<str:Dimension id="{name}" position="{place}">\n{self._identity(name)}'
            f"{self._coded(name)}</str:Dimension>\n"
            for place, name in enumerate(model.KEY, start=1)
        )
        place = f' position="{len(model.KEY) + 1}"' if self.is_old else ""
        time = (
            f'<str:TimeDimension id="TIME_PERIOD"{place}>\n'
            f"{self._identity('TIME_PERIOD')}<str:LocalRepresentation>"
            '<str:TextFormat textType="ObservationalTimePeriod"/></str:LocalRepresentation>\n'
            "</str:TimeDimension>\n"
        )
        attributes = "".join(self._attribute(name) for name in model.ATTRIBUTES)
        return (
            f'<str:DataStructure id="{s.id}" {self.about}>\n{_named(s.names)}'
            "<str:DataStructureComponents>\n"
            f'<str:DimensionList id="DimensionDescriptor">\n{key}{time}</str:DimensionList>\n'
            f"{self._attributes(attributes)}{self._measure()}"
            "</str:DataStructureComponents>\n</str:DataStructure>\n"
        )

    def _attributes(self, made: str) -> str:
        return f'<str:AttributeList id="AttributeDescriptor">\n{made}</str:AttributeList>\n'

    def _measure(self) -> str:
        format_ = (
            '<str:LocalRepresentation><str:TextFormat textType="Double"/>'
            "</str:LocalRepresentation>\n"
        )
        name = "PrimaryMeasure" if self.is_old else "Measure"
        return (
            f'<str:MeasureList id="MeasureDescriptor">\n<str:{name} id="OBS_VALUE">\n'
            f"{self._identity('OBS_VALUE')}{format_}</str:{name}>\n</str:MeasureList>\n"
        )

    def _identity(self, name: str) -> str:
        return f"<str:ConceptIdentity>{self.ref('Concept', CONCEPTS, name)}</str:ConceptIdentity>\n"

    def _coded(self, name: str) -> str:
        listed = self.structure.listed(name)
        if not listed:
            kind = TEXT_TYPES.get(name, "String")
            inner = f'<str:TextFormat textType="{kind}"/>'
        else:
            inner = f"<str:Enumeration>{self.ref('Codelist', listed)}</str:Enumeration>"
        return f"<str:LocalRepresentation>{inner}</str:LocalRepresentation>\n"

    def _attribute(self, name: str) -> str:
        is_needed = name in model.NEEDED
        if self.is_old:
            usage = f'assignmentStatus="{"Mandatory" if is_needed else "Conditional"}"'
        else:
            usage = f'usage="{"mandatory" if is_needed else "optional"}"'
        return (
            f'<str:Attribute id="{name}" {usage}>\n{self._identity(name)}{self._coded(name)}'
            f"<str:AttributeRelationship>{self._relation(name)}</str:AttributeRelationship>\n"
            "</str:Attribute>\n"
        )

    def _relation(self, name: str) -> str:
        if name in model.SERIES_ATTRIBUTES:
            return "".join(
                f'<str:Dimension><Ref id="{one}"/></str:Dimension>'
                if self.is_old
                else f"<str:Dimension>{one}</str:Dimension>"
                for one in model.KEY
            )
        if self.is_old:
            return '<str:PrimaryMeasure><Ref id="OBS_VALUE"/></str:PrimaryMeasure>'
        return "<str:Observation/>"

    def constraint(self, available: Available) -> str:
        """Return which codes there are figures for."""
        flow = self.ref("Dataflow", available.flow)
        notes = _notes(
            {"obs_count": str(available.observations), "series_count": str(available.series)}
        )
        at = "com" if self.is_old else "str"
        keys = "".join(
            f'<{at}:KeyValue id="{name}">\n'
            + "".join(f"<{at}:Value>{_text(code)}</{at}:Value>\n" for code in codes)
            + f"</{at}:KeyValue>\n"
            for name, codes in available.codes.items()
            if codes
        )
        region = (
            f'<str:CubeRegion include="true">\n{keys}{self._range(available)}</str:CubeRegion>\n'
        )
        name = "ContentConstraint" if self.is_old else "DataConstraint"
        kind = 'type="Actual"' if self.is_old else 'role="Actual"'
        number = ' version="1.0"' if self.is_old else f' version="{self.number}"'
        return (
            f'<str:{name} id="AVAILABLE_{available.flow}" agencyID="{self.structure.agency}"'
            f"{number} {kind}>\n{notes}{_named({'en': 'What there are figures for'})}"
            f"<str:ConstraintAttachment><str:Dataflow>{flow}</str:Dataflow>"
            f"</str:ConstraintAttachment>\n{region}</str:{name}>\n"
        )

    def _range(self, available: Available) -> str:
        if available.periods is None:
            return ""
        first, last = available.periods
        at = "com" if self.is_old else "str"
        return (
            f'<{at}:KeyValue id="TIME_PERIOD">\n<{at}:TimeRange>'
            f'<{at}:StartPeriod isInclusive="true">{first}</{at}:StartPeriod>'
            f'<{at}:EndPeriod isInclusive="true">{last}</{at}:EndPeriod></{at}:TimeRange>\n'
            f"</{at}:KeyValue>\n"
        )
