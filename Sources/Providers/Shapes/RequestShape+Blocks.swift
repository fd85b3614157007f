/// The blocks that the messages of `POST /v1/messages` are made of, by their type.
///
/// A block of a type that is not here cannot be inspected. Thinking is shown like any text, because a caller could put
/// anything there; what the model thought holds tokens, in which nothing is found, and goes back byte for byte. If
/// something is found and replaced, its signature no longer holds, and the vendor refuses the request.
extension RequestShape {
  static let block = RequestShape { blockTable }
  static let documentSource = RequestShape { documentSourceTable }
  static let citation = RequestShape { citationTable }
  static let citationSwitch = RequestShape { citationSwitchTable }
  static let caller = RequestShape { callerTable }
  private static let textBlock = RequestShape { textBlockTable }
  private static let imageBlock = RequestShape { imageBlockTable }
  private static let documentBlock = RequestShape { documentBlockTable }
  private static let searchResultBlock = RequestShape { searchResultBlockTable }
  private static let thinkingBlock = RequestShape { thinkingBlockTable }
  private static let toolUseBlock = RequestShape { toolUseBlockTable }
  private static let toolResultBlock = RequestShape { toolResultBlockTable }
  private static let outcomeBlock = RequestShape { outcomeBlockTable }
  private static let fileBlock = RequestShape { fileBlockTable }
  private static let toolChangeBlock = RequestShape { toolChangeBlockTable }
  private static let toolReference = RequestShape { toolReferenceTable }
  private static let encodedSource = RequestShape { encodedSourceTable }
  private static let textSource = RequestShape { textSourceTable }

  private static let blockTable: Table = Table(
    variants: [
      Variant("text", .textBlock), Variant("image", .imageBlock),
      Variant("document", .documentBlock),
      Variant("search_result", .searchResultBlock), Variant("thinking", .thinkingBlock),
      Variant("redacted_thinking", .thinkingBlock), Variant("compaction", .thinkingBlock),
      Variant("tool_use", .toolUseBlock), Variant("server_tool_use", .toolUseBlock),
      Variant("mcp_tool_use", .toolUseBlock), Variant("tool_result", .toolResultBlock),
      Variant("mcp_tool_result", .toolResultBlock),
      Variant("web_search_tool_result", .toolResultBlock),
      Variant("web_fetch_tool_result", .toolResultBlock),
      Variant("code_execution_tool_result", .toolResultBlock),
      Variant("bash_code_execution_tool_result", .toolResultBlock),
      Variant("text_editor_code_execution_tool_result", .toolResultBlock),
      Variant("tool_search_tool_result", .toolResultBlock),
      Variant("advisor_tool_result", .toolResultBlock),
      Variant("container_upload", .fileBlock), Variant("tool_addition", .toolChangeBlock),
      Variant("tool_removal", .toolChangeBlock), Variant("mcp_tool_listing", .toolChangeBlock),
      Variant("fallback", .outcomeBlock),
      // What a tool gives back, inside its result.
      Variant("tool_reference", .outcomeBlock), Variant("browser_state", .outcomeBlock),
      Variant("web_search_result", .outcomeBlock),
      Variant("web_search_tool_result_error", .outcomeBlock),
      Variant("web_fetch_result", .outcomeBlock),
      Variant("web_fetch_tool_result_error", .outcomeBlock),
      Variant("code_execution_result", .outcomeBlock),
      Variant("encrypted_code_execution_result", .outcomeBlock),
      Variant("code_execution_output", .outcomeBlock),
      Variant("code_execution_tool_result_error", .outcomeBlock),
      Variant("bash_code_execution_result", .outcomeBlock),
      Variant("bash_code_execution_output", .outcomeBlock),
      Variant("bash_code_execution_tool_result_error", .outcomeBlock),
      Variant("text_editor_code_execution_view_result", .outcomeBlock),
      Variant("text_editor_code_execution_create_result", .outcomeBlock),
      Variant("text_editor_code_execution_str_replace_result", .outcomeBlock),
      Variant("text_editor_code_execution_tool_result_error", .outcomeBlock),
      Variant("tool_search_tool_search_result", .outcomeBlock),
      Variant("tool_search_tool_result_error", .outcomeBlock),
      Variant("advisor_result", .outcomeBlock),
      Variant("advisor_redacted_result", .outcomeBlock),
      Variant("advisor_tool_result_error", .outcomeBlock),
    ])

  private static let textBlockTable: Table = Table([
    Field("type", .structural),
    Field("text", .prose),
    Field("cache_control", .caching(.shape(.cacheControl))),
    Field("citations", .shape(.citation)),
  ])

  private static let imageBlockTable: Table = Table([
    Field("type", .structural),
    Field("source", .sealed(.image)),
    Field("cache_control", .caching(.shape(.cacheControl))),
    Field("transformations", .shape(.imageTransformations)),
  ])

  private static let documentBlockTable: Table = Table([
    Field("type", .structural),
    Field("source", .shape(.documentSource)),
    Field("title", .prose),
    Field("context", .prose),
    Field("citations", .shape(.citationSwitch)),
    Field("cache_control", .caching(.shape(.cacheControl))),
  ])

  private static let documentSourceTable: Table = Table(
    variants: [
      Variant("text", .textSource), Variant("content", .textSource),
      Variant("base64", .encodedSource),
      Variant("url", .encodedSource), Variant("file", .encodedSource),
    ])

  private static let textSourceTable: Table = Table([
    Field("type", .structural),
    Field("media_type", .words(["text/plain"])),
    Field("data", .prose),
    Field("content", .content(of: .block)),
  ])

  private static let encodedSourceTable: Table = Table([
    Field("type", .structural),
    Field("media_type", .words(["application/pdf"])),
    Field("data", .sealed(.file)),
    Field("url", .sealed(.file)),
    Field("file_id", .sealed(.file)),
  ])

  private static let searchResultBlockTable: Table = Table([
    Field("type", .structural),
    Field("content", .content(of: .block)),
    Field("source", .labelled),
    Field("title", .prose),
    Field("citations", .shape(.citationSwitch)),
    Field("cache_control", .caching(.shape(.cacheControl))),
  ])

  private static let thinkingBlockTable: Table = Table([
    Field("type", .structural),
    Field("thinking", .prose),
    Field("signature", .opaque),
    Field("data", .opaque),
    Field("content", .prose),
    Field("encrypted_content", .opaque),
    Field("tool_changes", .shape(.block)),
    Field("cache_control", .caching(.shape(.cacheControl))),
  ])

  private static let toolUseBlockTable: Table = Table([
    Field("type", .structural),
    Field("id", .id),
    Field("name", .name(.tool)),
    Field("input", .prose),
    Field("server_name", .name(.server)),
    Field("toolset_name", .name(.tool)),
    Field("caller", .shape(.caller)),
    Field("cache_control", .caching(.shape(.cacheControl))),
  ])

  private static let toolResultBlockTable: Table = Table([
    Field("type", .structural),
    Field("tool_use_id", .id),
    Field("content", .content(of: .block, mayBeOne: true)),
    Field("is_error", .structural),
    Field("toolset_name", .name(.tool)),
    Field("caller", .shape(.caller)),
    Field("cache_control", .caching(.shape(.cacheControl))),
  ])

  private static let outcomeBlockTable: Table = Table([
    Field("type", .structural),
    Field("content", .content(of: .block, mayBeOne: true)),
    Field("text", .prose),
    Field("stdout", .prose),
    Field("stderr", .prose),
    Field("lines", .prose),
    Field("title", .prose),
    Field("encrypted_content", .opaque),
    Field("encrypted_stdout", .opaque),
    Field("error_code", .structural),
    Field("file_id", .structural),
    Field("file_type", .structural),
    Field("is_file_update", .structural),
    Field("num_lines", .structural),
    Field("start_line", .structural),
    Field("total_lines", .structural),
    Field("old_start", .structural),
    Field("old_lines", .structural),
    Field("new_start", .structural),
    Field("new_lines", .structural),
    Field("return_code", .structural),
    Field("stop_reason", .structural),
    Field("tool_name", .name(.tool)),
    Field("tool_references", .shape(.block)),
    Field("cache_control", .caching(.shape(.cacheControl))),
  ])

  private static let fileBlockTable: Table = Table([
    Field("type", .structural),
    Field("file_id", .sealed(.file)),
    Field("cache_control", .caching(.shape(.cacheControl))),
  ])

  private static let toolChangeBlockTable: Table = Table([
    Field("type", .structural),
    Field("tool", .shape(.toolReference)),
    Field("tools", .shape(.messagesTool)),
    Field("mcp_server_name", .name(.server)),
    Field("cache_control", .caching(.shape(.cacheControl))),
  ])

  private static let toolReferenceTable: Table = Table([
    Field("type", .structural),
    Field("name", .name(.tool)),
    Field("server_name", .name(.server)),
    Field("definition", .shape(.messagesTool)),
  ])

  private static let citationTable: Table = Table([
    Field("type", .structural),
    Field("cited_text", .prose),
    Field("document_title", .prose),
    Field("title", .prose),
    Field("document_index", .structural),
    Field("search_result_index", .structural),
    Field("start_char_index", .structural),
    Field("end_char_index", .structural),
    Field("start_page_number", .structural),
    Field("end_page_number", .structural),
    Field("start_block_index", .structural),
    Field("end_block_index", .structural),
    Field("file_id", .structural),
    Field("encrypted_index", .opaque),
  ])

  private static let citationSwitchTable: Table = Table([Field("enabled", .structural)])

  private static let callerTable: Table = Table([
    Field("type", .words(versions)),
    Field("tool_id", .id),
  ])

  private static let imageTransformations = RequestShape { imageTransformationsTable }
  private static let imageTransformationsTable: Table = Table([
    Field("oversized_image", .structural)
  ])
}
