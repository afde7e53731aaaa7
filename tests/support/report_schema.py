"""The published JSON Schema of reports, and the same closed against members that it does not
name.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).parents[2] / "schemas" / "report.schema.json"


@cache
def published() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@cache
def closed() -> Draft202012Validator:
    return Draft202012Validator(_closed(json.loads(SCHEMA.read_text("utf-8"))))


def faults(report: Any, validator: Draft202012Validator) -> list[str]:
    """Return what breaks the schema; of an alternative what breaks each side of it."""
    return [
        f"{error.json_path}: {error.message[:200]}"
        for top in validator.iter_errors(report)
        for error in (top.context or (top,))
    ]


def _closed(schema: Any) -> Any:
    if isinstance(schema, dict):
        inner = {key: _closed(value) for key, value in schema.items()}
        return inner | {"additionalProperties": False} if "properties" in schema else inner
    return [_closed(value) for value in schema] if isinstance(schema, list) else schema
