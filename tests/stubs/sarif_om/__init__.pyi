"""The part of sarif-om that zaplint uses, typed: the package ships no types of its own."""

from collections.abc import Mapping

class SarifLog:
    runs: list[Run]
    version: str
    schema_uri: str | None
    def __init__(
        self,
        *,
        runs: list[Run],
        version: str,
        schema_uri: str | None = ...,
    ) -> None: ...

class Run:
    tool: Tool
    automation_details: RunAutomationDetails | None
    column_kind: str | None
    default_source_language: str | None
    invocations: list[Invocation] | None
    original_uri_base_ids: dict[str, ArtifactLocation] | None
    version_control_provenance: list[VersionControlDetails] | None
    results: list[Result] | None
    properties: Mapping[str, object] | None
    def __init__(
        self,
        *,
        tool: Tool,
        automation_details: RunAutomationDetails | None = ...,
        column_kind: str | None = ...,
        default_source_language: str | None = ...,
        invocations: list[Invocation] | None = ...,
        original_uri_base_ids: dict[str, ArtifactLocation] | None = ...,
        version_control_provenance: list[VersionControlDetails] | None = ...,
        results: list[Result] | None = ...,
        properties: Mapping[str, object] | None = ...,
    ) -> None: ...

class Tool:
    driver: ToolComponent
    def __init__(
        self,
        *,
        driver: ToolComponent,
    ) -> None: ...

class ToolComponent:
    name: str
    version: str | None
    semantic_version: str | None
    information_uri: str | None
    short_description: MultiformatMessageString | None
    rules: list[ReportingDescriptor] | None
    notifications: list[ReportingDescriptor] | None
    def __init__(
        self,
        *,
        name: str,
        version: str | None = ...,
        semantic_version: str | None = ...,
        information_uri: str | None = ...,
        short_description: MultiformatMessageString | None = ...,
        rules: list[ReportingDescriptor] | None = ...,
        notifications: list[ReportingDescriptor] | None = ...,
    ) -> None: ...

class ReportingDescriptor:
    id: str
    name: str | None
    short_description: MultiformatMessageString | None
    full_description: MultiformatMessageString | None
    help: MultiformatMessageString | None
    help_uri: str | None
    default_configuration: ReportingConfiguration | None
    properties: Mapping[str, object] | None
    def __init__(
        self,
        *,
        id: str,
        name: str | None = ...,
        short_description: MultiformatMessageString | None = ...,
        full_description: MultiformatMessageString | None = ...,
        help: MultiformatMessageString | None = ...,
        help_uri: str | None = ...,
        default_configuration: ReportingConfiguration | None = ...,
        properties: Mapping[str, object] | None = ...,
    ) -> None: ...

class ReportingConfiguration:
    level: str
    def __init__(
        self,
        *,
        level: str = ...,
    ) -> None: ...

class ReportingDescriptorReference:
    id: str | None
    index: int
    def __init__(
        self,
        *,
        id: str | None = ...,
        index: int = ...,
    ) -> None: ...

class MultiformatMessageString:
    text: str
    markdown: str | None
    def __init__(
        self,
        *,
        text: str,
        markdown: str | None = ...,
    ) -> None: ...

class Message:
    text: str | None
    def __init__(
        self,
        *,
        text: str | None = ...,
    ) -> None: ...

class RunAutomationDetails:
    id: str | None
    def __init__(
        self,
        *,
        id: str | None = ...,
    ) -> None: ...

class ArtifactLocation:
    uri: str | None
    uri_base_id: str | None
    description: Message | None
    def __init__(
        self,
        *,
        uri: str | None = ...,
        uri_base_id: str | None = ...,
        description: Message | None = ...,
    ) -> None: ...

class ArtifactContent:
    text: str | None
    def __init__(
        self,
        *,
        text: str | None = ...,
    ) -> None: ...

class VersionControlDetails:
    repository_uri: str
    revision_id: str | None
    branch: str | None
    mapped_to: ArtifactLocation | None
    def __init__(
        self,
        *,
        repository_uri: str,
        revision_id: str | None = ...,
        branch: str | None = ...,
        mapped_to: ArtifactLocation | None = ...,
    ) -> None: ...

class Invocation:
    execution_successful: bool
    tool_execution_notifications: list[Notification] | None
    tool_configuration_notifications: list[Notification] | None
    def __init__(
        self,
        *,
        execution_successful: bool,
        tool_execution_notifications: list[Notification] | None = ...,
        tool_configuration_notifications: list[Notification] | None = ...,
    ) -> None: ...

class Notification:
    message: Message
    descriptor: ReportingDescriptorReference | None
    level: str
    locations: list[Location] | None
    associated_rule: ReportingDescriptorReference | None
    def __init__(
        self,
        *,
        message: Message,
        descriptor: ReportingDescriptorReference | None = ...,
        level: str = ...,
        locations: list[Location] | None = ...,
        associated_rule: ReportingDescriptorReference | None = ...,
    ) -> None: ...

class Location:
    id: int
    physical_location: PhysicalLocation | None
    logical_locations: list[LogicalLocation] | None
    message: Message | None
    def __init__(
        self,
        *,
        id: int = ...,
        physical_location: PhysicalLocation | None = ...,
        logical_locations: list[LogicalLocation] | None = ...,
        message: Message | None = ...,
    ) -> None: ...

class PhysicalLocation:
    artifact_location: ArtifactLocation | None
    region: Region | None
    context_region: Region | None
    def __init__(
        self,
        *,
        artifact_location: ArtifactLocation | None = ...,
        region: Region | None = ...,
        context_region: Region | None = ...,
    ) -> None: ...

class Region:
    start_line: int | None
    start_column: int | None
    end_line: int | None
    end_column: int | None
    snippet: ArtifactContent | None
    def __init__(
        self,
        *,
        start_line: int | None = ...,
        start_column: int | None = ...,
        end_line: int | None = ...,
        end_column: int | None = ...,
        snippet: ArtifactContent | None = ...,
    ) -> None: ...

class LogicalLocation:
    name: str | None
    kind: str | None
    fully_qualified_name: str | None
    def __init__(
        self,
        *,
        name: str | None = ...,
        kind: str | None = ...,
        fully_qualified_name: str | None = ...,
    ) -> None: ...

class Result:
    message: Message
    rule_id: str | None
    rule_index: int
    kind: str
    level: str
    locations: list[Location] | None
    related_locations: list[Location] | None
    code_flows: list[CodeFlow] | None
    partial_fingerprints: dict[str, str] | None
    suppressions: list[Suppression] | None
    baseline_state: str | None
    properties: Mapping[str, object] | None
    def __init__(
        self,
        *,
        message: Message,
        rule_id: str | None = ...,
        rule_index: int = ...,
        kind: str = ...,
        level: str = ...,
        locations: list[Location] | None = ...,
        related_locations: list[Location] | None = ...,
        code_flows: list[CodeFlow] | None = ...,
        partial_fingerprints: dict[str, str] | None = ...,
        suppressions: list[Suppression] | None = ...,
        baseline_state: str | None = ...,
        properties: Mapping[str, object] | None = ...,
    ) -> None: ...

class Suppression:
    kind: str
    justification: str | None
    location: Location | None
    properties: Mapping[str, object] | None
    def __init__(
        self,
        *,
        kind: str,
        justification: str | None = ...,
        location: Location | None = ...,
        properties: Mapping[str, object] | None = ...,
    ) -> None: ...

class CodeFlow:
    thread_flows: list[ThreadFlow]
    def __init__(
        self,
        *,
        thread_flows: list[ThreadFlow],
    ) -> None: ...

class ThreadFlow:
    locations: list[ThreadFlowLocation]
    def __init__(
        self,
        *,
        locations: list[ThreadFlowLocation],
    ) -> None: ...

class ThreadFlowLocation:
    location: Location | None
    execution_order: int
    nesting_level: int | None
    def __init__(
        self,
        *,
        location: Location | None = ...,
        execution_order: int = ...,
        nesting_level: int | None = ...,
    ) -> None: ...
