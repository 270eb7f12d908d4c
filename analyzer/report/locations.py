"""Places of the analysed tree as SARIF locations, relative to the tree's root."""

from urllib.parse import quote, urlsplit, urlunsplit

import sarif_om

from analyzer.core import Location, Step
from analyzer.report.lines import Sources
from analyzer.report.wording import sentence

ROOT = "%SRCROOT%"


def uri(path: str) -> str:
    """A path relative to the root as a URI reference, percent-encoded where it is not plain."""
    return quote(path.encode("utf-8", "surrogateescape"), safe="/!$&'()*+,;=@~")


def repository_uri(address: str) -> str:
    """The address of a repository without user and password, empty when it is none for others.

    The short form of ssh, git@host:path, is written out. A path of this machine gives nothing.
    """
    if "://" not in address:
        host, colon, path = address.partition(":")
        if not colon or "/" in host or not path:
            return ""
        return repository_uri(f"ssh://{host}/{path.lstrip('/')}")
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in ("https", "http", "ssh", "git") or not parts.hostname:
        return ""
    return urlunsplit((parts.scheme, f"{parts.hostname}{port}", parts.path, "", ""))


def artifact(path: str) -> sarif_om.ArtifactLocation:
    """The file at `path`."""
    return sarif_om.ArtifactLocation(uri=uri(path), uri_base_id=ROOT)


def whole_file(path: str, line: int) -> sarif_om.Location:
    """A file, or one line of it when `line` is not 0."""
    region = sarif_om.Region(start_line=line) if line else None
    return sarif_om.Location(
        physical_location=sarif_om.PhysicalLocation(artifact_location=artifact(path), region=region)
    )


def primary(location: Location, function: str, sources: Sources) -> sarif_om.Location:
    """The place of a result on one line, with its text and surroundings if the file can be read.

    One line, because a pull request shows a result only if all its lines were changed.
    """
    text = sources.get(location.path)
    if location.end_line > location.line:
        width = len((text.line(location.line) if text else "").encode("utf-16-le")) // 2
        end = max(width, location.column) + 1
        location = Location(location.path, location.line, location.column, location.line, end)
    region = _region(location)
    around = None
    if text:
        region.snippet = sarif_om.ArtifactContent(text=text.part(location))
        first, last, lines = text.around(location.line)
        around = sarif_om.Region(
            start_line=first, end_line=last, snippet=sarif_om.ArtifactContent(text=lines)
        )
    place = sarif_om.PhysicalLocation(
        artifact_location=artifact(location.path), region=region, context_region=around
    )
    return sarif_om.Location(
        physical_location=place, logical_locations=_logical(location.path, function)
    )


def step(step: Step, number: int | None = None) -> sarif_om.Location:
    """A step of a path or a piece of evidence; `number` is what a link in the message refers to."""
    place = sarif_om.PhysicalLocation(
        artifact_location=artifact(step.location.path), region=_region(step.location)
    )
    return sarif_om.Location(
        id=-1 if number is None else number,
        physical_location=place,
        logical_locations=_logical(step.location.path, step.function),
        message=sarif_om.Message(text=sentence(step.text)),
    )


def _region(location: Location) -> sarif_om.Region:
    return sarif_om.Region(
        start_line=location.line,
        start_column=location.column,
        end_line=location.end_line,
        end_column=location.end_column,
    )


def _logical(path: str, function: str) -> list[sarif_om.LogicalLocation] | None:
    if not function:
        return None
    name = sarif_om.LogicalLocation(
        name=function, kind="function", fully_qualified_name=f"{path}:{function}"
    )
    return [name]
