"""The rules that our OpenAPI documents follow, as a list of sentences about what breaks them."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

METHODS = frozenset({"get", "put", "post", "delete", "patch"})
PROBLEM = "application/problem+json"
ALWAYS = ("400", "401", "422", "429", "503")


def lint_openapi(document: dict[str, Any]) -> list[str]:
    """Return every fault of the document; an empty list means that it keeps the contract of ``docs/http.md``."""
    found = [] if str(document.get("openapi", "")).startswith("3.1") else ["not OpenAPI 3.1"]
    seen: dict[str, str] = {}
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            if method not in METHODS:
                continue
            where = f"{method.upper()} {path}"
            name = operation.get("operationId")
            if name in seen:
                found.append(f"{where}: operationId {name} is that of {seen[name]}")
            seen[name] = where
            faults = (
                *_words(operation),
                *_answers(operation, document),
                *_inputs(method, operation),
            )
            found += [f"{where}: {fault}" for fault in faults]
    for framework in ("HTTPValidationError", "ValidationError"):
        if framework in document.get("components", {}).get("schemas", {}):
            found.append(f"components: {framework} is the framework's, not ours")
    return found


def _words(operation: dict[str, Any]) -> Iterator[str]:
    for part in ("operationId", "summary", "tags"):
        if not operation.get(part):
            yield f"no {part}"
    if "security" not in operation:
        yield "no security: say [{}] for public ones"


def _answers(operation: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    responses = operation.get("responses", {})
    for status in ALWAYS:
        if status not in responses:
            yield f"no answer {status}"
    for status, answer in responses.items():
        content = answer.get("content", {})
        if status >= "400" and PROBLEM not in content:
            yield f"{status} is no problem document"
        if status < "300" and status != "204" and not content:
            yield f"{status} has no content"
        for media_type, said in content.items():
            yield from (f"{status} {fault}" for fault in _example(media_type, said, document))


def _example(media_type: str, said: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    if media_type == "text/event-stream":
        return
    examples = [said["example"]] if "example" in said else []
    examples += [one.get("value") for one in said.get("examples", {}).values()]
    if not examples:
        yield f"{media_type} has no example: give the fields examples"
    if "json" not in media_type or "schema" not in said:
        return
    schema = {**said["schema"], "components": document.get("components", {})}
    for example in examples:
        for fault in Draft202012Validator(schema).iter_errors(example):
            yield f"{media_type} example breaks its schema at {fault.json_path}: {fault.message}"


def _inputs(method: str, operation: dict[str, Any]) -> Iterator[str]:
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    if method in ("put", "patch", "delete") and "If-Match" not in names:
        yield "changes something without If-Match"
    for media_type, said in operation.get("requestBody", {}).get("content", {}).items():
        if "json" in media_type and "example" not in said and "examples" not in said:
            yield f"body {media_type} has no example"
