"""The OpenAPI 3.1 document of the open data, made of what its doors really read and answer."""

from typing import Any

from referrals.hsds import questions, schemas

COMPONENTS = "#/components/schemas/"
RECORD_OF = {
    "services": "service",
    "organizations": "organization",
    "service_at_locations": "service_at_location",
    "taxonomy_terms": "taxonomy_term",
}
WHOLE_NUMBER = {"type": "integer", "minimum": 0}
FLAG = {"type": "boolean"}
PAGE: schemas.Schema = {
    "type": "object",
    "required": [
        "total_items",
        "total_pages",
        "page_number",
        "size",
        "first_page",
        "last_page",
        "empty",
        "contents",
    ],
    "properties": {
        "total_items": {**WHOLE_NUMBER, "description": "How many there are on all pages."},
        "total_pages": WHOLE_NUMBER,
        "page_number": WHOLE_NUMBER,
        "size": {**WHOLE_NUMBER, "description": "How many there are on this page."},
        "first_page": FLAG,
        "last_page": FLAG,
        "empty": FLAG,
        "contents": {"type": "array"},
    },
}
PROBLEM: schemas.Schema = {
    "type": "object",
    "description": "A problem as in RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": schemas.TEXT,
        "title": schemas.TEXT,
        "status": WHOLE_NUMBER,
        "detail": schemas.TEXT,
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"parameter": schemas.TEXT, "detail": schemas.TEXT}},
        },
    },
}
ABOUT: schemas.Schema = {
    "type": "object",
    "required": ["version", "profile", "openapi_url"],
    "properties": {
        "version": {**schemas.TEXT, "description": "Of HSDS."},
        "profile": schemas.LINK,
        "openapi_url": schemas.LINK,
        "demo": {**FLAG, "description": "Nothing here exists: it is a demo."},
    },
}
MINIMAL: schemas.Schema = {
    "type": "object",
    "required": ["id", "modified_date"],
    "properties": {"id": schemas.UUID, "modified_date": schemas.MOMENT},
}


def document(server: str) -> dict[str, Any]:
    """The document of the API at this address."""
    own = {"page": PAGE, "problem": PROBLEM, "about": ABOUT, "minimal_service": MINIMAL}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Samrum: services for the young",
            "version": "1.0.0",
            "summary": "Open Referral HSDS 3.0, reading only.",
            "description": "What the young may see of the directory. Every service was checked by somebody on its "
            "assured_date. Names, texts and topics are Danish. Fields that are not known are left out.",
        },
        "servers": [{"url": server}],
        "paths": {"/": {"get": _about()}, **_paths()},
        "components": {"schemas": {**schemas.definitions(base=COMPONENTS), **own}},
    }


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for name, parameters in questions.LISTS.items():
        paths[f"/{name}"] = {"get": _list(name, parameters)}
        paths[f"/{name}/{{id}}"] = {"get": _one(name, questions.ONE[name])}
    return paths


def _about() -> dict[str, Any]:
    return {
        "operationId": "about",
        "summary": "What this API is.",
        "responses": {"200": _json({"$ref": f"{COMPONENTS}about"}), **_refusals("304", "400", "429")},
    }


def _list(name: str, parameters: tuple[str, ...]) -> dict[str, Any]:
    record: dict[str, Any] = {"$ref": COMPONENTS + RECORD_OF[name]}
    if "minimal" in parameters:
        record = {"anyOf": [record, {"$ref": f"{COMPONENTS}minimal_service"}]}
    contents = {"type": "object", "properties": {"contents": {"type": "array", "items": record}}}
    answer = _json({"allOf": [{"$ref": f"{COMPONENTS}page"}, contents]})
    answer["content"]["application/x-ndjson"] = {"schema": record}
    return {
        "operationId": f"list_{name}",
        "summary": f"The {name} that are shown, always in the same order.",
        "parameters": [_parameter(each) for each in parameters],
        "responses": {"200": answer, **_refusals("304", "400", "429")},
    }


def _one(name: str, parameters: tuple[str, ...]) -> dict[str, Any]:
    own = {"name": "id", "in": "path", "required": True, "schema": schemas.UUID}
    return {
        "operationId": f"get_{RECORD_OF[name]}",
        "summary": "One of them, with all that belongs to it.",
        "parameters": [own, *(_parameter(each) for each in parameters)],
        "responses": {"200": _json({"$ref": COMPONENTS + RECORD_OF[name]}), **_refusals("304", "400", "404", "429")},
    }


def _parameter(name: str) -> dict[str, Any]:
    parameter = questions.PARAMETERS[name]
    return {"name": name, "in": "query", "description": parameter.description, "schema": parameter.schema}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    etag = {"ETag": {"schema": schemas.TEXT, "description": "Send it as If-None-Match to hear whether it changed."}}
    return {"description": "As asked.", "headers": etag, "content": {"application/json": {"schema": schema}}}


def _refusals(*codes: str) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": f"{COMPONENTS}problem"}}}
    described: dict[str, Any] = {
        "304": {"description": "What you have is still right."},
        "400": {"description": "Parameters that cannot be understood, all of them.", "content": problem},
        "404": {"description": "There is nothing here, or it is not shown.", "content": problem},
        "429": {"description": "More than 300 requests in a minute from one network.", "content": problem},
    }
    return {code: described[code] for code in codes}
