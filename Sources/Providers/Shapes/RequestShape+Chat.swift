/// `POST /v1/chat/completions`, as OpenAI documents it.
extension RequestShape {
  static let chat = RequestShape { chatTable }
  static let streamOptions = RequestShape { streamOptionsTable }
  static let message = RequestShape { messageTable }
  static let part = RequestShape { partTable }
  static let toolCall = RequestShape { toolCallTable }
  static let calledFunction = RequestShape { calledFunctionTable }
  static let calledCustom = RequestShape { calledCustomTable }
  static let tool = RequestShape { toolTable }
  static let toolFunction = RequestShape { toolFunctionTable }
  static let customTool = RequestShape { customToolTable }
  static let toolChoice = RequestShape { toolChoiceTable }
  static let prediction = RequestShape { predictionTable }
  static let responseFormat = RequestShape { responseFormatTable }
  static let jsonSchema = RequestShape { jsonSchemaTable }
  static let logitBias = RequestShape { logitBiasTable }

  private static let chatTable: Table = Table(
    [
      Field("model", .setting(.model)),
      Field("cordon", .gateway),
      Field("messages", .list(of: .message)),
      Field("stream", .setting(.isStreaming)),
      Field("n", .setting(.choiceCount)),
      Field("stream_options", .shape(.streamOptions)),
      Field("modalities", .setting(.modalities)),
      Field("audio", .sealed(.audioOutput)),
      Field("tools", .shape(.tool)),
      Field("web_search_options", .setting(.webSearch)),
      Field("functions", .shape(.toolFunction)),
      Field("tool_choice", .shape(.toolChoice)),
      Field("function_call", .shape(.toolChoice)),
      Field("prediction", .shape(.prediction)),
      Field("response_format", .shape(.responseFormat)),
      Field("logit_bias", .shape(.logitBias)),
      Field("user", .name(.user)),
      Field("metadata", .shape(.metadata)),
      Field("safety_identifier", .name(.user)),
      Field("prompt_cache_key", .caching(.name(.key))),
      Field("stop", .labelled),
      Field("frequency_penalty", .number(-2...2)),
      Field("logprobs", .structural),
      Field("max_completion_tokens", .setting(.maxTokens)),
      Field("max_tokens", .setting(.maxTokens)),
      Field("parallel_tool_calls", .structural),
      Field("presence_penalty", .number(-2...2)),
      Field("prompt_cache_options", .caching(.shape(.promptCache))),
      Field("prompt_cache_retention", .keptUnless(["in_memory", "in-memory"])),
      Field("reasoning_effort", .structural),
      Field("seed", .seed),
      Field("service_tier", .structural),
      Field("store", .setting(.asksToStore)),
      Field("temperature", .number(0...2)),
      Field("top_logprobs", .number(0...100)),
      Field("top_p", .number(0...1)),
      Field("verbosity", .structural),
    ],
    required: ["messages"])

  private static let streamOptionsTable: Table = Table([
    Field("include_usage", .setting(.includesUsage)),
    Field("include_obfuscation", .structural),
  ])

  private static let messageTable: Table = Table([
    Field("role", .structural),
    Field("content", .content(of: .part)),
    Field("name", .name(.speaker)),
    Field("refusal", .prose),
    Field("reasoning_content", .prose),
    Field("tool_calls", .shape(.toolCall)),
    Field("tool_call_id", .id),
    Field("function_call", .shape(.calledFunction)),
    Field("audio", .sealed(.audio)),
  ])

  private static let partTable: Table = Table(
    [
      Field("type", .kind),
      Field("text", .prose),
      Field("refusal", .prose),
      Field("image_url", .sealed(.image)),
      Field("input_audio", .sealed(.audio)),
      Field("file", .sealed(.file)),
    ],
    kinds: ["text", "refusal"])

  private static let toolCallTable: Table = Table([
    Field("id", .id),
    Field("type", .structural),
    Field("index", .structural),
    Field("function", .shape(.calledFunction)),
    Field("custom", .shape(.calledCustom)),
  ])

  private static let calledFunctionTable: Table = Table([
    Field("name", .name(.tool)),
    Field("arguments", .prose),
  ])

  private static let calledCustomTable: Table = Table([
    Field("name", .name(.tool)),
    Field("input", .prose),
  ])

  private static let toolTable: Table = Table([
    Field("type", .setting(.toolKind)),
    Field("function", .shape(.toolFunction)),
    Field("custom", .shape(.customTool)),
  ])

  private static let toolFunctionTable: Table = Table([
    Field("name", .name(.tool)),
    Field("description", .prose),
    Field("parameters", .shape(.schema)),
    Field("strict", .structural),
  ])

  private static let customToolTable: Table = Table([
    Field("name", .name(.tool)),
    Field("description", .prose),
  ])

  private static let toolChoiceTable: Table = Table([
    Field("type", .structural),
    Field("name", .name(.tool)),
    Field("function", .shape(.toolChoice)),
    Field("custom", .shape(.toolChoice)),
  ])

  private static let predictionTable: Table = Table([
    Field("type", .structural),
    Field("content", .content(of: .part)),
  ])

  private static let responseFormatTable: Table = Table([
    Field("type", .setting(.answerFormat)),
    Field("json_schema", .shape(.jsonSchema)),
  ])

  private static let jsonSchemaTable: Table = Table([
    Field("name", .name(.schema)),
    Field("description", .prose),
    Field("schema", .shape(.schema)),
    Field("strict", .structural),
  ])

  private static let logitBiasTable: Table = Table(
    others: .number(-100...100), isStructural: StructuralName.isTokenNumber)
}
