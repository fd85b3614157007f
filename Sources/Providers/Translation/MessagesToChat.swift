import Bytes

/// What a chat vendor calls the limit of an answer.
package enum TokenLimitName: String, Hashable, Sendable {
  /// As OpenAI does now.
  case maxCompletionTokens = "max_completion_tokens"
  /// As OpenAI once did, and servers like its still do.
  case maxTokens = "max_tokens"
}

/// A Messages request in the words of an OpenAI chat request.
///
/// | Messages | Chat |
/// | --- | --- |
/// | `model`, `temperature`, `top_p`, `stream` | the same; a stream is asked to end with the numbers of tokens |
/// | `max_tokens` | `max_completion_tokens` or `max_tokens`, as the vendor has it |
/// | `system`, `system` messages | `system` messages |
/// | texts, images in base64 or by URL | parts; one text alone is a string, and so are an assistant's |
/// | `tool_use` blocks | `tool_calls`, the input as it is written |
/// | `tool_result` blocks | `tool` messages; one with `is_error` begins with the part `error:` |
/// | `tools` of the caller's own, `tool_choice`, `disable_parallel_tool_use` | `tools`, `tool_choice`, `parallel_tool_calls` |
/// | `stop_sequences` | `stop` |
/// | `metadata.user_id` | `user` |
/// | `output_config.format`; `output_config.effort` | `response_format`; `reasoning_effort` |
/// | `service_tier` `auto`, `standard_only` | `auto`, `default` |
///
/// Left out, because they do not bear on what is said: `cache_control`, `diagnostics`, `eager_input_streaming`, `speed`
/// `standard`, `thinking` that is disabled or left to the model, the thinking blocks of earlier answers (another
/// vendor's model cannot check them), and whatever is null or empty.
///
/// Refused by its name: everything else, such as `top_k`, `thinking` with a budget, `container`, `mcp_servers`,
/// `context_management`, `inference_geo`, documents, search results, the vendor's own tools and their results,
/// citations, and images in a tool's result.
struct MessagesToChat {
  private var members: Members
  private var output: [(String, Draft)] = []

  static func request(_ messages: WrittenValue, limit: TokenLimitName) throws(TranslationError) -> [UInt8] {
    var translation = MessagesToChat(members: try Members(of: messages, at: ""))
    try translation.conversation(limit)
    try translation.settings()
    try translation.tools()
    try translation.format()
    try translation.others()
    return Draft.object(translation.output).bytes
  }

  private init(members: Members) { self.members = members }

  private mutating func conversation(_ limit: TokenLimitName) throws(TranslationError) {
    output.append(("model", Draft(try members.need("model"))))
    output.append((limit.rawValue, Draft(try members.need("max_tokens"))))
    var turns = ChatTurns()
    if let system = members.take("system") { try turns.append(system: system, at: "system") }
    guard let messages = try members.array("messages") else { throw TranslationError(.missingField, at: "messages") }
    for (index, message) in messages.enumerated() { try turns.append(message, at: "messages[\(index)]") }
    output.append(("messages", .array(turns.messages)))
  }

  private mutating func settings() throws(TranslationError) {
    for name in ["temperature", "top_p"] {
      if let value = try members.number(name, in: 0...2) { output.append((name, Draft(value))) }
    }
    if try members.bool("stream") == true {
      output.append(("stream", true))
      output.append(("stream_options", ["include_usage": true]))
    }
    if let sequences = try members.array("stop_sequences"), !sequences.isEmpty {
      output.append(("stop", .array(sequences.map(Draft.init))))
    }
    if let metadata = members.take("metadata") {
      var metadata = try Members(of: metadata, at: "metadata")
      if let user = metadata.take("user_id") { output.append(("user", Draft(user))) }
      try metadata.refuseRest()
    }
    switch try members.string("service_tier") {
    case nil: break
    case "auto": output.append(("service_tier", "auto"))
    case "standard_only": output.append(("service_tier", "default"))
    default: throw TranslationError(.outOfRange, at: "service_tier")
    }
  }

  private mutating func tools() throws(TranslationError) {
    var tools: [Draft] = []
    for (index, tool) in (try members.array("tools") ?? []).enumerated() {
      tools.append(try MessagesToChat.tool(tool, at: "tools[\(index)]"))
    }
    if !tools.isEmpty { output.append(("tools", .array(tools))) }
    guard let value = members.take("tool_choice") else { return }
    var choice = try Members(of: value, at: "tool_choice")
    switch try choice.string("type") {
    case "auto": output.append(("tool_choice", "auto"))
    case "any": output.append(("tool_choice", "required"))
    case "none": output.append(("tool_choice", "none"))
    case "tool":
      output.append(("tool_choice", ["type": "function", "function": ["name": Draft(try choice.need("name"))]]))
    default: throw TranslationError(.notCarried, at: "tool_choice.type")
    }
    if try choice.bool("disable_parallel_tool_use") == true { output.append(("parallel_tool_calls", false)) }
    try choice.refuseRest()
  }

  private static func tool(_ value: WrittenValue, at path: String) throws(TranslationError) -> Draft {
    var tool = try Members(of: value, at: path)
    guard try tool.string("type") ?? "custom" == "custom" else {
      throw TranslationError(.notCarried, at: tool.path(to: "type"))
    }
    var function: [(String, Draft)] = [("name", Draft(try tool.need("name")))]
    if let description = tool.take("description") { function.append(("description", Draft(description))) }
    function.append(("parameters", Draft(try tool.need("input_schema"))))
    if let strict = tool.take("strict") { function.append(("strict", Draft(strict))) }
    tool.drop("cache_control", "eager_input_streaming")
    try tool.refuse("defer_loading") { $0.isFalse }
    try tool.refuse("input_examples") { $0.isEmpty }
    try tool.refuse("allowed_callers") { $0.array?.allSatisfy { $0.string == "direct" } ?? false }
    try tool.refuseRest()
    return ["type": "function", "function": .object(function)]
  }

  private mutating func format() throws(TranslationError) {
    guard let value = members.take("output_config") else { return }
    var config = try Members(of: value, at: "output_config")
    switch try config.string("effort") {
    case nil: break
    case .some(let effort) where ["low", "medium", "high", "xhigh", "max"].contains(effort):
      output.append(("reasoning_effort", .value(.string(effort))))
    default: throw TranslationError(.outOfRange, at: "output_config.effort")
    }
    if let format = config.take("format") {
      var format = try Members(of: format, at: "output_config.format")
      guard try format.string("type") == "json_schema" else {
        throw TranslationError(.notCarried, at: "output_config.format.type")
      }
      let schema: Draft = ["name": "answer", "schema": Draft(try format.need("schema")), "strict": true]
      output.append(("response_format", ["type": "json_schema", "json_schema": schema]))
      try format.refuseRest()
    }
    try config.refuseRest(naming: ["task_budget"])
  }

  private mutating func others() throws(TranslationError) {
    members.drop("cache_control", "diagnostics")
    try members.refuse("speed") { $0.string == "standard" }
    try members.refuse("thinking") { ["disabled", "adaptive"].contains($0["type"]?.string) }
    try members.refuse("mcp_servers") { $0.isEmpty }
    try members.refuseRest(
      naming: [
        "top_k", "container", "context_management", "inference_geo", "betas", "fallbacks", "compaction", "thread",
        "user_profile_id", "workspace_id", "output_format", "cordon",
      ])
  }
}
