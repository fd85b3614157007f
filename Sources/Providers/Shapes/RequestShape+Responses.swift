/// `POST /v1/responses`, as OpenAI documents it.
extension RequestShape {
  static let responses = RequestShape { responsesTable }
  static let conversation = RequestShape { conversationTable }
  static let prompt = RequestShape { promptTable }
  static let promptVariables = RequestShape { promptVariablesTable }
  static let answerText = RequestShape { answerTextTable }
  static let textFormat = RequestShape { textFormatTable }
  static let settings = RequestShape { settingsTable }
  static let responseToolChoice = RequestShape { responseToolChoiceTable }
  static let promptCache = RequestShape { promptCacheTable }

  private static let responsesTable: Table = Table([
    Field("model", .setting(.model)),
    Field("cordon", .gateway),
    Field("input", .content(of: .responseItem)),
    Field("instructions", .prose),
    Field("stream", .setting(.isStreaming)),
    Field("stream_options", .shape(.streamOptions)),
    Field("previous_response_id", .setting(.previousResponse)),
    Field("conversation", .setting(.conversation)),
    Field("store", .setting(.asksToStore)),
    Field("background", .setting(.runsInBackground)),
    Field("max_output_tokens", .setting(.maxTokens)),
    Field("prompt", .kept(.shape(.prompt))),
    Field("text", .shape(.answerText)),
    Field("tools", .shape(.responseTool)),
    Field("tool_choice", .shape(.responseToolChoice)),
    Field("reasoning", .shape(.settings)),
    Field("include", .words(includable)),
    Field("metadata", .shape(.metadata)),
    Field("user", .name(.user)),
    Field("safety_identifier", .name(.user)),
    Field("prompt_cache_key", .caching(.name(.key))),
    Field("prompt_cache_options", .caching(.shape(.promptCache))),
    Field("prompt_cache_retention", .keptUnless(["in_memory", "in-memory"])),
    Field("access_programs", .shape(.settings)),
    Field("context_management", .shape(.settings)),
    Field("image", .shape(.settings)),
    Field("max_tool_calls", .structural),
    Field("parallel_tool_calls", .structural),
    Field("service_tier", .structural),
    Field("temperature", .number(0...2)),
    Field("top_logprobs", .number(0...100)),
    Field("top_p", .number(0...1)),
    Field("truncation", .structural),
  ])

  static let includable: [StaticString] = [
    "code_interpreter_call.outputs", "computer_call_output.output.image_url", "file_search_call.results",
    "message.input_image.image_url", "message.output_text.logprobs", "reasoning.encrypted_content",
    "web_search_call.action.sources", "web_search_call.results",
  ]

  private static let conversationTable: Table = Table([Field("id", .setting(.conversation))])

  private static let promptTable: Table = Table([
    Field("id", .id),
    Field("version", .structural),
    Field("variables", .shape(.promptVariables)),
  ])

  private static let promptVariablesTable: Table = Table(others: .labelledOr(.responsePart))

  private static let answerTextTable: Table = Table([
    Field("format", .shape(.textFormat)),
    Field("verbosity", .structural),
  ])

  private static let textFormatTable: Table = Table([
    Field("type", .setting(.answerFormat)),
    Field("name", .name(.schema)),
    Field("description", .prose),
    Field("schema", .shape(.schema)),
    Field("strict", .structural),
  ])

  /// Settings of the model's way of working, each a word or a number.
  private static let settingsTable: Table = Table([
    Field("compact_threshold", .structural),
    Field("context_compression", .structural),
    Field("cyber", .structural),
    Field("effort", .structural),
    Field("generate_summary", .structural),
    Field("summary", .structural),
    Field("type", .structural),
  ])

  private static let promptCacheTable: Table = Table([
    Field("comparison_response_id", .kept(.id)),
    Field("mode", .structural),
    Field("prewarm", .structural),
    Field("ttl", .keptUnless(["30m"])),
  ])

  private static let responseToolChoiceTable: Table = Table([
    Field("type", .structural),
    Field("name", .name(.tool)),
    Field("mode", .structural),
    Field("server_label", .name(.server)),
    Field("tools", .shape(.responseToolChoice)),
  ])
}
