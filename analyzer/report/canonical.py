"""SARIF objects to JSON and back, one spelling for one log.

sarif-om knows the whole format but its usual writer leaves out what equals a default of the schema.
For `level` this is wrong: a result without one takes the level of its rule. This writer keeps such
properties, takes a plain mapping for a property bag, orders keys, and reads its own output back.
"""

import json
from collections.abc import Iterator, Mapping
from json.encoder import encode_basestring_ascii

import attr
import sarif_om

from analyzer.core import BugError

_LINE = "\n"
_KEPT = frozenset({"kind", "level"})
"""Written though they equal the default: without them the meaning changes or is unclear."""

_CLASSES: Mapping[str, type] = {
    "artifactLocation": sarif_om.ArtifactLocation,
    "associatedRule": sarif_om.ReportingDescriptorReference,
    "automationDetails": sarif_om.RunAutomationDetails,
    "codeFlows": sarif_om.CodeFlow,
    "contextRegion": sarif_om.Region,
    "defaultConfiguration": sarif_om.ReportingConfiguration,
    "description": sarif_om.Message,
    "descriptor": sarif_om.ReportingDescriptorReference,
    "driver": sarif_om.ToolComponent,
    "fullDescription": sarif_om.MultiformatMessageString,
    "help": sarif_om.MultiformatMessageString,
    "invocations": sarif_om.Invocation,
    "location": sarif_om.Location,
    "locations": sarif_om.Location,
    "logicalLocations": sarif_om.LogicalLocation,
    "mappedTo": sarif_om.ArtifactLocation,
    "message": sarif_om.Message,
    "notifications": sarif_om.ReportingDescriptor,
    "physicalLocation": sarif_om.PhysicalLocation,
    "region": sarif_om.Region,
    "relatedLocations": sarif_om.Location,
    "results": sarif_om.Result,
    "rules": sarif_om.ReportingDescriptor,
    "runs": sarif_om.Run,
    "shortDescription": sarif_om.MultiformatMessageString,
    "snippet": sarif_om.ArtifactContent,
    "suppressions": sarif_om.Suppression,
    "threadFlows": sarif_om.ThreadFlow,
    "tool": sarif_om.Tool,
    "toolConfigurationNotifications": sarif_om.Notification,
    "toolExecutionNotifications": sarif_om.Notification,
    "versionControlProvenance": sarif_om.VersionControlDetails,
}
_THREAD_FLOW_LOCATIONS = "locations"
_BASE_IDS = "originalUriBaseIds"


def dump_log(log: sarif_om.SarifLog) -> bytes:
    """The log as ASCII JSON, indented by two, with a newline at its end."""
    return f"{_spelled(log, _LINE)}\n".encode("ascii")


def load_log(data: bytes) -> sarif_om.SarifLog:
    """The log that `dump_log` wrote. Raises BugError for a property that zaplint does not write."""
    log = _built(sarif_om.SarifLog, json.loads(data))
    if not isinstance(log, sarif_om.SarifLog):
        raise BugError("a SARIF log is one object")
    return log


def _spelled(value: object, line: str) -> str:
    """`value` as JSON, keys in canonical order; `line` is a line's end and its indentation.

    Written in one pass; `json` would need a copy of the whole log in mappings first, and indents
    in Python too.
    """
    if isinstance(value, str):
        return encode_basestring_ascii(value if value.isascii() else _scalar_values(value))
    if value is None or isinstance(value, bool | float):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    inner = f"{line}  "
    if isinstance(value, list | tuple):
        items = [_spelled(item, inner) for item in value]
        return f"[{inner}{f',{inner}'.join(items)}{line}]" if items else "[]"
    if isinstance(value, Mapping):
        pairs = [(json.dumps(str(name)), item) for name, item in sorted(value.items(), key=_rank)]
    else:
        pairs = list(_properties(value))
    members = [f"{name}: {_spelled(item, inner)}" for name, item in pairs]
    return f"{{{inner}{f',{inner}'.join(members)}{line}}}" if members else "{}"


def _properties(value: object) -> Iterator[tuple[str, object]]:
    """The quoted names and values of what an object says, in canonical order."""
    if type(value) not in _FIELDS:
        raise BugError(f"{type(value).__name__} cannot be written as SARIF")
    for quoted, attribute, default, kept in _FIELDS[type(value)]:
        item = getattr(value, attribute)
        if item is not None and (kept or item != default):
            yield quoted, item


def _default(field: "attr.Attribute[object]") -> object:
    make = getattr(field.default, "factory", None)
    return make() if make else field.default


def _rank(pair: tuple[object, object]) -> tuple[bool, str]:
    """Alphabetical, but the version first: SARIF 2.1.0, 3.13.2, so that a reader can stop early."""
    return pair[0] != "version", str(pair[0])


def _scalar_values(text: str) -> str:
    """`text` without lone surrogates, which no strict reader of JSON takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _built(kind: type, value: object) -> object:
    if isinstance(value, list):
        return [_built(kind, item) for item in value]
    if not isinstance(value, dict):
        raise BugError(f"{kind.__name__}: an object is expected, not {value!r}")
    fields = {field.metadata["schema_property_name"]: field.name for field in attr.fields(kind)}
    unknown = sorted(set(value) - set(fields))
    if unknown:
        raise BugError(f"{kind.__name__}: no property '{unknown[0]}' in SARIF 2.1.0")
    return kind(**{fields[name]: _member(kind, name, item) for name, item in value.items()})


def _member(kind: type, name: str, value: object) -> object:
    if name == _BASE_IDS and isinstance(value, dict):
        return {key: _built(sarif_om.ArtifactLocation, item) for key, item in value.items()}
    if kind is sarif_om.ThreadFlow and name == _THREAD_FLOW_LOCATIONS:
        return _built(sarif_om.ThreadFlowLocation, value)
    return _built(_CLASSES[name], value) if name in _CLASSES else value


def _fields(kind: type) -> tuple[tuple[str, str, object, bool], ...]:
    """Quoted name, attribute, default, and whether it is always written, in canonical order."""
    named = [(field.metadata["schema_property_name"], field) for field in attr.fields(kind)]
    return tuple(
        (json.dumps(name), field.name, _default(field), name in _KEPT)
        for name, field in sorted(named, key=_rank)
    )


_FIELDS: Mapping[type, tuple[tuple[str, str, object, bool], ...]] = {
    kind: _fields(kind) for kind in vars(sarif_om).values() if attr.has(kind)
}
"""The fields of every class of sarif-om, worked out once: a log can have 100,000 objects."""
