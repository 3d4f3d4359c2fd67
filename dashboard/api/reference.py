"""The page that describes the interface: plain HTML from its own description, nothing loaded."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from starlette.responses import HTMLResponse

from dashboard.i18n import _, direction, language

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto;
  padding: 0 1rem; }
h2 { font-size: 1.05rem; margin: 2.2rem 0 .3rem; font-family: ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { text-align: start; vertical-align: top; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
code { font-family: ui-monospace, monospace; }
"""


def page(described: Mapping[str, Any], root: str) -> HTMLResponse:
    """Return the description as a page; `root` is what stands before every address."""
    title = _("Headway for programs")
    parts = [
        f'<!doctype html><html lang="{language()}" dir="{direction()}"><head>',
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1><p>{escape(described['info']['description'])}</p>",
        f'<p><a href="{escape(root)}/openapi.json">OpenAPI 3.1</a></p>',
        *_resources(described, root),
        "</body></html>",
    ]
    return HTMLResponse("\n".join(parts), headers={"Content-Security-Policy": POLICY})


def _resources(described: Mapping[str, Any], root: str) -> Iterator[str]:
    for address, methods in described["paths"].items():
        for method, operation in methods.items():
            yield from _operation(described, root + address, method, operation)


def _operation(
    described: Mapping[str, Any], address: str, method: str, operation: Mapping[str, Any]
) -> Iterator[str]:
    shown = escape(address)
    is_link = method == "get" and "{" not in address
    link = f'<a href="{shown}">{shown}</a>' if is_link else shown
    yield f"<h2>{method.upper()} {link}</h2><p>{escape(operation.get('description', ''))}</p>"
    parameters = [*operation.get("parameters", []), *_body(described, operation)]
    if parameters:
        yield f"<table><tr><th>{_('Name')}</th><th>{_('Kind')}</th><th>{_('Meaning')}</th></tr>"
        yield from (_parameter(one) for one in parameters)
        yield "</table>"


def _body(
    described: Mapping[str, Any], operation: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Yield the fields of what is sent, those of its rows under the name of the list."""
    if "requestBody" in operation:
        yield from _fields(described, operation["requestBody"]["content"]["application/json"])


def _fields(
    described: Mapping[str, Any], holder: Mapping[str, Any], before: str = ""
) -> Iterator[Mapping[str, Any]]:
    shape = _resolved(described, holder["schema"])
    for name, field in shape["properties"].items():
        place = f"{before}{name}"
        needed = name in shape.get("required", [])
        items = _resolved(described, field.get("items", {}))
        yield {"name": place, "schema": _resolved(described, field), "required": needed}
        if "properties" in items:
            yield from _fields(described, {"schema": items}, f"{place}[].")


def _resolved(described: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = described["components"]["schemas"][schema["$ref"].split("/")[-1]]
    return found


def _parameter(one: Mapping[str, Any]) -> str:
    told = one.get("description") or one["schema"].get("description", "")
    needed = f" ({_('needed')})" if one.get("required") else ""
    kind = f"{_kind(one['schema'])}{needed}"
    name = escape(one["name"])
    return f"<tr><td><code>{name}</code></td><td>{escape(kind)}</td><td>{escape(told)}</td></tr>"


def _kind(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return _kind(schema["anyOf"][0])
    if schema.get("type") == "array":
        return _("{kind}, may be repeated").format(kind=_kind(schema["items"]))
    return str(schema.get("type", ""))
