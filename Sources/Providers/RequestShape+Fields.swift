extension RequestShape {
  static let requestFields: [Field] = [
    Field("model", .model),
    Field("cordon", .gateway),
    Field("messages", .messages),
    Field("stream", .isStreaming),
    Field("n", .choiceCount),
    Field("stream_options", .shape(.streamOptions)),
    Field("modalities", .modalities),
    Field("audio", .sealed(.audioOutput)),
    Field("tools", .shape(.tool)),
    Field("functions", .shape(.toolFunction)),
    Field("tool_choice", .shape(.toolChoice)),
    Field("function_call", .shape(.toolChoice)),
    Field("prediction", .shape(.prediction)),
    Field("response_format", .shape(.responseFormat)),
    Field("logit_bias", .shape(.logitBias)),
    Field("user", .labelled),
    Field("metadata", .labelled),
    Field("safety_identifier", .labelled),
    Field("prompt_cache_key", .labelled),
    Field("stop", .labelled),
    Field("frequency_penalty", .structural),
    Field("logprobs", .structural),
    Field("max_completion_tokens", .structural),
    Field("max_tokens", .structural),
    Field("parallel_tool_calls", .structural),
    Field("presence_penalty", .structural),
    Field("prompt_cache_retention", .structural),
    Field("reasoning_effort", .structural),
    Field("seed", .structural),
    Field("service_tier", .structural),
    Field("store", .structural),
    Field("temperature", .structural),
    Field("top_logprobs", .structural),
    Field("top_p", .structural),
    Field("verbosity", .structural),
  ]

  static let streamOptionsFields: [Field] = [
    Field("include_usage", .includesUsage),
    Field("include_obfuscation", .structural),
  ]

  static let messageFields: [Field] = [
    Field("role", .structural),
    Field("content", .content),
    Field("name", .labelled),
    Field("refusal", .prose),
    Field("reasoning_content", .prose),
    Field("tool_calls", .shape(.toolCall)),
    Field("tool_call_id", .structural),
    Field("function_call", .shape(.calledFunction)),
    Field("audio", .sealed(.audio)),
  ]

  static let partFields: [Field] = [
    Field("type", .partType),
    Field("text", .prose),
    Field("refusal", .prose),
    Field("image_url", .sealed(.image)),
    Field("input_audio", .sealed(.audio)),
    Field("file", .sealed(.file)),
  ]

  static let toolCallFields: [Field] = [
    Field("id", .structural),
    Field("type", .structural),
    Field("index", .structural),
    Field("function", .shape(.calledFunction)),
    Field("custom", .shape(.calledCustom)),
  ]

  static let calledFunctionFields: [Field] = [
    Field("name", .structural),
    Field("arguments", .prose),
  ]

  static let calledCustomFields: [Field] = [
    Field("name", .structural),
    Field("input", .prose),
  ]

  static let toolFields: [Field] = [
    Field("type", .structural),
    Field("function", .shape(.toolFunction)),
    Field("custom", .shape(.customTool)),
  ]

  static let toolFunctionFields: [Field] = [
    Field("name", .structural),
    Field("description", .prose),
    Field("parameters", .shape(.schema)),
    Field("strict", .structural),
  ]

  static let customToolFields: [Field] = [
    Field("name", .structural),
    Field("description", .prose),
  ]

  static let toolChoiceFields: [Field] = [
    Field("type", .structural),
    Field("name", .structural),
    Field("function", .shape(.toolChoice)),
    Field("custom", .shape(.toolChoice)),
  ]

  static let predictionFields: [Field] = [
    Field("type", .structural),
    Field("content", .content),
  ]

  static let responseFormatFields: [Field] = [
    Field("type", .answerFormat),
    Field("json_schema", .shape(.jsonSchema)),
  ]

  static let jsonSchemaFields: [Field] = [
    Field("name", .structural),
    Field("description", .prose),
    Field("schema", .shape(.schema)),
    Field("strict", .structural),
  ]

  static let schemaFields: [Field] = [
    Field("type", .structural),
    Field("format", .structural),
    Field("required", .structural),
    Field("$ref", .structural),
    Field("$schema", .structural),
    Field("title", .prose),
    Field("description", .prose),
    Field("enum", .labelled),
    Field("const", .labelled),
    Field("default", .labelled),
    Field("examples", .labelled),
    Field("pattern", .labelled),
    Field("properties", .shape(.properties)),
    Field("$defs", .shape(.properties)),
    Field("definitions", .shape(.properties)),
    Field("items", .shape(.schema)),
    Field("prefixItems", .shape(.schema)),
    Field("additionalProperties", .shape(.schema)),
    Field("anyOf", .shape(.schema)),
    Field("oneOf", .shape(.schema)),
    Field("allOf", .shape(.schema)),
    Field("not", .shape(.schema)),
    Field("minimum", .structural),
    Field("maximum", .structural),
    Field("exclusiveMinimum", .structural),
    Field("exclusiveMaximum", .structural),
    Field("multipleOf", .structural),
    Field("minLength", .structural),
    Field("maxLength", .structural),
    Field("minItems", .structural),
    Field("maxItems", .structural),
    Field("uniqueItems", .structural),
  ]
}
