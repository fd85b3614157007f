/// `POST /v1/messages` and `POST /v1/messages/count_tokens`, as Anthropic documents them.
extension RequestShape {
  static let messages = RequestShape { messagesTable }
  static let turn = RequestShape { turnTable }
  static let messagesTool = RequestShape { messagesToolTable }
  static let messagesToolChoice = RequestShape { messagesToolChoiceTable }
  static let cacheControl = RequestShape { cacheControlTable }
  static let outputConfig = RequestShape { outputConfigTable }
  static let outputFormat = RequestShape { outputFormatTable }
  static let messagesMetadata = RequestShape { messagesMetadataTable }
  static let contextManagement = RequestShape { contextManagementTable }
  static let contextEdit = RequestShape { contextEditTable }
  static let thinkingSettings = RequestShape { thinkingSettingsTable }
  static let amount = RequestShape { amountTable }
  static let container = RequestShape { containerTable }

  /// Words of the dialect that end in a date of eight digits.
  static let versions: [StaticString] = [
    "web_search_20250305", "web_search_20260209", "web_search_20260318", "web_fetch_20250910",
    "web_fetch_20260209",
    "web_fetch_20260309", "web_fetch_20260318", "code_execution_20250522",
    "code_execution_20250825",
    "code_execution_20260120", "code_execution_20260521", "bash_20241022", "bash_20250124",
    "text_editor_20241022",
    "text_editor_20250124", "text_editor_20250429", "text_editor_20250728", "computer_20241022",
    "computer_20250124",
    "computer_20251124", "computer_toolset_20260801", "browser_toolset_20260801", "memory_20250818",
    "tool_search_tool_bm25_20251119", "tool_search_tool_regex_20251119", "advisor_20260301",
    "clear_thinking_20251015", "clear_tool_uses_20250919", "compact_20260112",
  ]

  private static let messagesTable: Table = Table(
    [
      Field("model", .setting(.model)),
      Field("cordon", .gateway),
      Field("messages", .list(of: .turn)),
      Field("system", .content(of: .block)),
      Field("stream", .setting(.isStreaming)),
      Field("max_tokens", .setting(.maxTokens)),
      Field("tools", .shape(.messagesTool)),
      Field("tool_choice", .shape(.messagesToolChoice)),
      Field("stop_sequences", .labelled),
      Field("metadata", .shape(.messagesMetadata)),
      Field("thinking", .shape(.thinkingSettings)),
      Field("output_config", .shape(.outputConfig)),
      Field("output_format", .shape(.outputFormat)),
      Field("cache_control", .caching(.shape(.cacheControl))),
      Field("container", .keptName(.shape(.container))),
      Field("context_management", .shape(.contextManagement)),
      Field("mcp_servers", .sealed(.connection)),
      Field("temperature", .number(0...2)),
      Field("top_k", .structural),
      Field("top_p", .number(0...1)),
      Field("service_tier", .structural),
      Field("speed", .structural),
      Field("inference_geo", .setting(.region)),
    ],
    required: ["messages"])

  private static let turnTable: Table = Table([
    Field("role", .structural),
    Field("content", .content(of: .block)),
    Field("clear_at", .structural),
    Field("output_config", .shape(.outputConfig)),
  ])

  private static let messagesToolTable: Table = Table([
    Field("type", .setting(.toolKind)),
    Field("name", .name(.tool)),
    Field("description", .prose),
    Field("input_schema", .shape(.schema)),
    Field("input_examples", .prose),
    Field("cache_control", .caching(.shape(.cacheControl))),
    Field("strict", .structural),
    Field("defer_loading", .structural),
    Field("eager_input_streaming", .structural),
    Field("allowed_callers", .words(versions)),
    Field("max_uses", .structural),
    Field("max_tokens", .structural),
    Field("max_characters", .structural),
    Field("max_content_tokens", .structural),
    Field("citations", .shape(.citationSwitch)),
    Field("user_location", .shape(.userLocation)),
    Field("response_inclusion", .structural),
    Field("display_height_px", .structural),
    Field("display_width_px", .structural),
    Field("display_number", .structural),
    Field("mcp_server_name", .name(.server)),
  ])

  private static let messagesToolChoiceTable: Table = Table([
    Field("type", .structural),
    Field("name", .name(.tool)),
    Field("disable_parallel_tool_use", .structural),
  ])

  private static let cacheControlTable: Table = Table([
    Field("type", .structural),
    Field("ttl", .words(["5m", "1h"])),
  ])

  private static let thinkingSettingsTable: Table = Table([
    Field("type", .structural),
    Field("budget_tokens", .structural),
    Field("display", .structural),
  ])

  private static let outputConfigTable: Table = Table([
    Field("effort", .structural),
    Field("format", .shape(.outputFormat)),
    Field("task_budget", .shape(.amount)),
  ])

  private static let outputFormatTable: Table = Table([
    Field("type", .setting(.answerFormat)),
    Field("schema", .shape(.schema)),
  ])

  private static let messagesMetadataTable: Table = Table([Field("user_id", .name(.user))])

  private static let contextManagementTable: Table = Table([Field("edits", .shape(.contextEdit))])

  private static let contextEditTable: Table = Table([
    Field("type", .words(versions)),
    Field("trigger", .shape(.amount)),
    Field("keep", .shape(.amount)),
    Field("clear_at_least", .shape(.amount)),
    Field("clear_tool_inputs", .structural),
    Field("exclude_tools", .name(.tool)),
    Field("instructions", .prose),
    Field("pause_after_compaction", .structural),
  ])

  private static let amountTable: Table = Table([
    Field("type", .structural),
    Field("value", .structural),
    Field("total", .structural),
    Field("remaining", .structural),
  ])

  private static let containerTable: Table = Table([
    Field("id", .kept(.id)),
    Field("file_ids", .sealed(.file)),
    Field("type", .structural),
    Field("skill_id", .structural),
    Field("version", .structural),
    Field("skills", .shape(.container)),
  ])
}
