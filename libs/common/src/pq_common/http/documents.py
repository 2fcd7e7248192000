"""The description of a service, for machines and for people; the page needs nothing from elsewhere."""

import html
import json
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
code,pre{font:14px/1.4 ui-monospace,monospace}pre{background:#f4f4f4;padding:.7rem;overflow:auto}
summary{cursor:pointer;padding:.3rem 0}.m{display:inline-block;min-width:4rem;font-weight:700}
table{border-collapse:collapse}td,th{padding:.15rem .8rem .15rem 0;text-align:left;vertical-align:top}"""
_CSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"


def documents_router(service: str) -> APIRouter:
    """Return the routes ``/{service}/openapi.json`` and ``/{service}/docs``."""
    router = APIRouter(prefix=f"/{service}", include_in_schema=False)

    @router.get("/openapi.json")
    async def openapi(request: Request) -> Response:
        return JSONResponse(request.app.openapi())

    @router.get("/docs")
    async def docs(request: Request) -> Response:
        page = render(request.app.openapi(), service)
        return HTMLResponse(page, headers={"Content-Security-Policy": _CSP})

    return router


def render(document: dict[str, Any], service: str) -> str:
    """Return one page that lists every operation with its parameters, answers and an example."""
    title = html.escape(document["info"]["title"])
    rows = [
        _operation(method, path, operation)
        for path, methods in sorted(document.get("paths", {}).items())
        for method, operation in methods.items()
    ]
    about = html.escape(document["info"].get("description", ""))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><h1>{title}</h1><p>{about}</p>"
        f'<p>For machines: <a href="/{service}/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>'
        f"{''.join(rows)}</body></html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    summary = html.escape(operation.get("summary", ""))
    anchor = html.escape(operation.get("operationId", ""))
    parts = [f"<p>{html.escape(operation.get('description', ''))}</p>"]
    parts += _parameters(operation.get("parameters", []))
    parts += [_body("Body", operation.get("requestBody", {}).get("content", {}))]
    parts += [
        _body(f"{status} {answer.get('description', '')}", answer.get("content", {}))
        for status, answer in operation.get("responses", {}).items()
    ]
    return (
        f'<details id="{anchor}"><summary><span class="m">{method.upper()}</span> '
        f"<code>{html.escape(path)}</code> {summary}</summary>{''.join(parts)}</details>"
    )


def _parameters(parameters: list[dict[str, Any]]) -> list[str]:
    if not parameters:
        return []
    rows = [
        f"<tr><td><code>{html.escape(p['name'])}</code></td><td>{p['in']}</td>"
        f"<td>{'required' if p.get('required') else ''}</td>"
        f"<td>{html.escape(p.get('description', ''))}</td></tr>"
        for p in parameters
    ]
    return [
        f"<table><tr><th>name</th><th>in</th><th></th><th>meaning</th></tr>{''.join(rows)}</table>"
    ]


def _body(heading: str, content: dict[str, Any]) -> str:
    if not content and heading == "Body":
        return ""
    shown = ""
    for media, said in content.items():
        example = said.get("example")
        if example is None:
            named = said.get("examples", {}).values()
            example = next((one.get("value") for one in named), None)
        text = "" if example is None else json.dumps(example, ensure_ascii=False, indent=2)
        shown += f"<p><code>{html.escape(media)}</code></p>"
        shown += f"<pre>{html.escape(text)}</pre>" if text else ""
    return f"<h3>{html.escape(heading)}</h3>{shown}"
