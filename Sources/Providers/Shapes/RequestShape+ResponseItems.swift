/// The items that the input of `POST /v1/responses` is made of: messages, calls of tools and what came of them.
///
/// All kinds share one table, since a field means the same wherever it is.
extension RequestShape {
  static let responseItem = RequestShape { responseItemTable }
  static let responsePart = RequestShape { responsePartTable }
  static let toolAction = RequestShape { toolActionTable }
  static let patchOperation = RequestShape { patchOperationTable }
  static let safetyCheck = RequestShape { safetyCheckTable }
  static let searchResult = RequestShape { searchResultTable }
  static let annotation = RequestShape { annotationTable }
  static let itemCaller = RequestShape { itemCallerTable }
  static let commandOutcome = RequestShape { commandOutcomeTable }

  private static let responseItemTable: Table = Table(
    [
      Field("type", .kind),
      // A message need not say that it is one, nor a reference to an item that the vendor keeps.
      Field("role", .telling(.structural)),
      Field("id", .telling(.id)),
      Field("content", .content(of: .responsePart)),
      Field("call_id", .id),
      Field("name", .name(.tool)),
      Field("arguments", .prose),
      Field("input", .prose),
      Field("output", .content(of: .responsePart, mayBeOne: true)),
      Field("summary", .content(of: .responsePart)),
      Field("encrypted_content", .opaque),
      Field("status", .structural),
      Field("phase", .structural),
      Field("namespace", .name(.tool)),
      Field("async", .structural),
      Field("caller", .shape(.itemCaller)),
      Field("queries", .prose),
      Field("results", .shape(.searchResult)),
      Field("action", .shape(.toolAction)),
      Field("actions", .shape(.toolAction)),
      Field("pending_safety_checks", .shape(.safetyCheck)),
      Field("acknowledged_safety_checks", .shape(.safetyCheck)),
      Field("code", .prose),
      Field("container_id", .id),
      Field("outputs", .content(of: .responsePart)),
      Field("operation", .shape(.patchOperation)),
      Field("max_output_length", .structural),
      Field("server_label", .name(.server)),
      Field("tools", .shape(.responseTool)),
      Field("approval_request_id", .id),
      Field("approve", .structural),
      Field("reason", .prose),
      Field("execution", .structural),
      Field("fingerprint", .opaque),
      Field("result", .prose),
      Field("error", .labelled),
      Field("reasoning", .shape(.settings)),
      Field("text", .shape(.answerText)),
      Field("created_by", .name(.user)),
    ],
    kinds: [
      "message", "reasoning", Kind("item_reference", isReference: true), "compaction", "compaction_trigger",
      "configuration_update",
      "additional_tools", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output",
      "file_search_call", "web_search_call", "tool_search_call", "tool_search_output", "code_interpreter_call",
      "computer_call", "computer_call_output", "local_shell_call", "local_shell_call_output", "shell_call",
      "shell_call_output", "apply_patch_call", "apply_patch_call_output", "mcp_list_tools", "mcp_call",
      "mcp_approval_request", "mcp_approval_response", "program", "program_output",
      Kind("image_generation_call", .image),
    ])

  private static let responsePartTable: Table = Table(
    [
      Field("type", .kind),
      Field("text", .prose),
      Field("refusal", .prose),
      Field("logs", .prose),
      Field("stdout", .telling(.prose)),
      Field("stderr", .telling(.prose)),
      Field("outcome", .shape(.commandOutcome)),
      Field("annotations", .shape(.annotation)),
      Field("logprobs", .tokens),
      Field("prompt_cache_breakpoint", .caching(.shape(.promptCache))),
      Field("detail", .structural),
      Field("image_url", .sealed(.image)),
      Field("file_data", .sealed(.file)),
      Field("file_url", .sealed(.file)),
      Field("file_id", .sealed(.file)),
      Field("input_audio", .sealed(.audio)),
      Field("created_by", .name(.user)),
    ],
    kinds: [
      "input_text", "output_text", "text", "refusal", "summary_text", "reasoning_text", "logs",
      Kind("input_image", .image), Kind("computer_screenshot", .image), Kind("image", .image),
      Kind("input_file", .file), Kind("input_audio", .audio),
    ])

  private static let toolActionTable: Table = Table([
    Field("type", .structural),
    Field("query", .prose),
    Field("queries", .prose),
    Field("pattern", .prose),
    Field("text", .prose),
    Field("command", .prose),
    Field("commands", .prose),
    Field("button", .structural),
    Field("x", .structural),
    Field("y", .structural),
    Field("scroll_x", .structural),
    Field("scroll_y", .structural),
    Field("path", .shape(.toolAction)),
    Field("max_output_length", .structural),
    Field("timeout_ms", .structural),
  ])

  private static let patchOperationTable: Table = Table([
    Field("type", .structural),
    Field("path", .labelled),
    Field("diff", .prose),
  ])

  private static let safetyCheckTable: Table = Table([
    Field("id", .id),
    Field("code", .structural),
    Field("message", .prose),
  ])

  private static let searchResultTable: Table = Table([
    Field("file_id", .structural),
    Field("score", .structural),
    Field("text", .prose),
  ])

  private static let annotationTable: Table = Table([
    Field("type", .structural),
    Field("container_id", .id),
    Field("file_id", .structural),
    Field("index", .structural),
    Field("start_index", .structural),
    Field("end_index", .structural),
  ])

  private static let itemCallerTable: Table = Table([
    Field("type", .structural),
    Field("caller_id", .id),
  ])

  private static let commandOutcomeTable: Table = Table([
    Field("type", .structural),
    Field("exit_code", .structural),
  ])
}
