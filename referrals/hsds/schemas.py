"""JSON Schemas (2020-12) of what we export, written from the field tables of HSDS 3.0 in our own words.

They name the fields that we use and those that HSDS requires. Closed, they let no other field pass: so our own records
are tested. Open, they are part of our OpenAPI document, and read the files of others, which may know more fields.
"""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NAME: Schema = {"type": "string", "minLength": 1}
UUID: Schema = {"type": "string", "format": "uuid"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
LINK: Schema = {"type": "string", "format": "uri"}
MAIL: Schema = {"type": "string", "format": "email"}
AGE: Schema = {"type": "number", "minimum": 0, "maximum": 120}
CLOCK: Schema = {
    "type": "string",
    "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-][0-9]{2}:[0-9]{2})?$",
    "description": "A time of day with its distance from UTC, such as 16:00+01:00.",
}
DAYS: Schema = {"type": "string", "pattern": r"^(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*$"}
KINDS_OF_PLACES = ["physical", "postal", "virtual"]

# name: (what must be there, what may be there). {"of": name} is a list of such records, {"one": name} a single one.
RECORDS: dict[str, tuple[str, Schema]] = {
    "taxonomy": ("id name description", {"id": UUID, "name": NAME, "description": TEXT}),
    "taxonomy_term": (
        "id name description",
        {
            "id": UUID,
            "code": TEXT,
            "name": NAME,
            "description": TEXT,
            "taxonomy": TEXT,
            "taxonomy_id": UUID,
            "taxonomy_detail": {"one": "taxonomy"},
            "language": TEXT,
        },
    ),
    "attribute": (
        "id",
        {
            "id": UUID,
            "link_id": UUID,
            "link_entity": TEXT,
            "taxonomy_term_id": UUID,
            "value": TEXT,
            "taxonomy_term": {"one": "taxonomy_term"},
        },
    ),
    "phone": (
        "id number",
        {
            "id": UUID,
            "service_id": UUID,
            "number": NAME,
            "type": {**TEXT, "description": "voice to call, text for text messages"},
        },
    ),
    "contact": ("id", {"id": UUID, "service_id": UUID, "email": MAIL}),
    "schedule": (
        "id",
        {
            "id": UUID,
            "service_id": UUID,
            "freq": {"enum": ["WEEKLY", "MONTHLY"]},
            "interval": {"type": "number", "minimum": 1},
            "byday": DAYS,
            "wkst": {"enum": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]},
            "dtstart": DAY,
            "valid_from": DAY,
            "valid_to": DAY,
            "opens_at": CLOCK,
            "closes_at": CLOCK,
            "timezone": {"type": "number", "description": "Hours that the clock is ahead of UTC."},
            "description": TEXT,
            "notes": TEXT,
            "attributes": {"of": "attribute"},
        },
    ),
    "service_area": (
        "id",
        {"id": UUID, "service_id": UUID, "name": TEXT, "extent": TEXT, "extent_type": TEXT},
    ),
    "language": ("id", {"id": UUID, "service_id": UUID, "name": TEXT, "code": TEXT}),
    "cost_option": (
        "id",
        {
            "id": UUID,
            "service_id": UUID,
            "option": TEXT,
            "amount": {"type": "number"},
            "currency": {"type": "string", "pattern": "^[A-Za-z]{3}$"},
        },
    ),
    "organization_identifier": (
        "id identifier_type identifier",
        {"id": UUID, "organization_id": UUID, "identifier_type": TEXT, "identifier": TEXT},
    ),
    "organization": (
        "id name description",
        {
            "id": UUID,
            "name": NAME,
            "description": TEXT,
            "organization_identifiers": {"of": "organization_identifier"},
            "services": {"of": "service"},
        },
    ),
    "address": (
        "id address_1 city state_province postal_code country address_type",
        {
            "id": UUID,
            "location_id": UUID,
            "address_1": TEXT,
            "city": TEXT,
            "state_province": TEXT,
            "postal_code": TEXT,
            "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
            "address_type": {"enum": KINDS_OF_PLACES},
        },
    ),
    "accessibility": ("id", {"id": UUID, "location_id": UUID, "description": TEXT}),
    "location": (
        "id location_type",
        {
            "id": UUID,
            "location_type": {"enum": KINDS_OF_PLACES},
            "organization_id": UUID,
            "name": TEXT,
            "description": TEXT,
            "transportation": TEXT,
            "latitude": {"type": "number", "minimum": -90, "maximum": 90},
            "longitude": {"type": "number", "minimum": -180, "maximum": 180},
            "addresses": {"of": "address"},
            "accessibility": {"of": "accessibility"},
        },
    ),
    "service_at_location": (
        "id",
        {
            "id": UUID,
            "service_id": UUID,
            "location_id": UUID,
            "description": TEXT,
            "location": {"one": "location"},
            "service": {"one": "service"},
        },
    ),
    "service": (
        "id name status",
        {
            "id": UUID,
            "organization_id": UUID,
            "name": NAME,
            "description": TEXT,
            "url": LINK,
            "email": MAIL,
            "status": {"enum": ["active", "inactive", "defunct", "temporarily closed"]},
            "fees_description": TEXT,
            "eligibility_description": TEXT,
            "minimum_age": AGE,
            "maximum_age": AGE,
            "assured_date": DAY,
            "alert": TEXT,
            "last_modified": MOMENT,
            "organization": {"one": "organization"},
            "phones": {"of": "phone"},
            "contacts": {"of": "contact"},
            "schedules": {"of": "schedule"},
            "service_areas": {"of": "service_area"},
            "service_at_locations": {"of": "service_at_location"},
            "languages": {"of": "language"},
            "cost_options": {"of": "cost_option"},
            "attributes": {"of": "attribute"},
        },
    ),
}


def definitions(*, base: str = "#/$defs/", closed: bool = False) -> dict[str, Schema]:
    """All records by name, pointing to each other under `base`."""
    return {name: _object(must, fields, base, closed) for name, (must, fields) in RECORDS.items()}


def schema(name: str, *, closed: bool = False) -> Schema:
    """One record, with all that it points to."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/$defs/{name}",
        "$defs": definitions(closed=closed),
    }


def _object(must: str, fields: Schema, base: str, closed: bool) -> Schema:
    described: Schema = {
        "type": "object",
        "required": must.split(),
        "properties": {name: _field(field, base) for name, field in fields.items()},
    }
    return {**described, "additionalProperties": False} if closed else described


def _field(field: Schema, base: str) -> Schema:
    if "of" in field:
        return {"type": "array", "items": {"$ref": base + field["of"]}}
    return {"$ref": base + field["one"]} if "one" in field else field
