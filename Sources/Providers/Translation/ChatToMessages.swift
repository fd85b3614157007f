import Bytes

/// An OpenAI chat request in the words of Anthropic's Messages.
///
/// | Chat | Messages |
/// | --- | --- |
/// | `model`, `temperature` (0 to 1), `top_p`, `stream` | the same |
/// | `max_completion_tokens`, else `max_tokens` | `max_tokens`, which is needed there: 4096 when there is neither |
/// | `system` and `developer` messages, wherever they stand | `system`, in their order |
/// | `user` and `assistant` messages: texts, refusals, images | messages, those of one role in a row merged |
/// | `tool_calls` | `tool_use` blocks, the arguments as they are written |
/// | `tool` messages | `tool_result` blocks of a user message |
/// | `tools`, `tool_choice`, `parallel_tool_calls` | `tools`, `tool_choice`, `disable_parallel_tool_use` |
/// | `stop` | `stop_sequences` |
/// | `safety_identifier`, else `user` | `metadata.user_id` |
/// | `response_format` with a schema; `reasoning_effort` | `output_config.format`; `output_config.effort` |
/// | `service_tier` `auto`, `default` | `auto`, `standard_only` |
///
/// Left out, because they do not bear on what is said: `metadata`, `prediction`, `prompt_cache_key`,
/// `prompt_cache_options`, `prompt_cache_retention`, `prompt_cache_breakpoint` of a part,
/// `stream_options.include_obfuscation`, `response_format` of type `text`, the `name` and `strict` of a schema (it always
/// binds), `reasoning_content` of an earlier answer, empty texts, and whatever is null or asks for the default.
///
/// Refused by its name: everything else, such as `n` above 1, `logprobs`, `seed`, `logit_bias`, penalties, `audio`,
/// `functions`, `store`, `verbosity`, `web_search_options`, custom tools, files, and the `name` of a participant.
struct ChatToMessages {
  /// How many tokens an answer may have when the request does not say.
  static let defaultMaxTokens = 4096

  private var members: Members
  private var output: [(String, Draft)] = []
  private var outputConfig: [(String, Draft)] = []
  private var includesUsage = false

  /// The translated body, and whether the stream is to end with the numbers of tokens.
  static func request(_ chat: WrittenValue) throws(TranslationError) -> (body: [UInt8], includesUsage: Bool) {
    var translation = ChatToMessages(members: try Members(of: chat, at: ""))
    try translation.conversation()
    try translation.settings()
    try translation.tools()
    try translation.format()
    try translation.others()
    return (Draft.object(translation.output).bytes, translation.includesUsage)
  }

  private init(members: Members) { self.members = members }

  private mutating func conversation() throws(TranslationError) {
    output.append(("model", Draft(try members.need("model"))))
    var limit: WrittenValue?
    for name in ["max_tokens", "max_completion_tokens"] {
      guard let value = members.take(name) else { continue }
      guard value.integer != nil else { throw TranslationError(.wrongType, at: name) }
      limit = value
    }
    output.append(("max_tokens", limit.map(Draft.init) ?? .integer(ChatToMessages.defaultMaxTokens)))

    guard let messages = try members.array("messages") else { throw TranslationError(.missingField, at: "messages") }
    var turns = MessagesTurns()
    for (index, message) in messages.enumerated() { try turns.append(message, at: "messages[\(index)]") }
    if !turns.system.isEmpty { output.append(("system", .array(turns.system))) }
    output.append(("messages", .array(turns.messages)))
  }

  private mutating func settings() throws(TranslationError) {
    for name in ["temperature", "top_p"] {
      if let value = try members.number(name, in: 0...1) { output.append((name, Draft(value))) }
    }
    if let stream = try members.bool("stream") { output.append(("stream", .value(.bool(stream)))) }
    if let options = members.take("stream_options") {
      var options = try Members(of: options, at: "stream_options")
      includesUsage = try options.bool("include_usage") ?? false
      options.drop("include_obfuscation")
      try options.refuseRest()
    }
    if let stop = members.take("stop") {
      guard let sequences = stop.isString ? [stop] : stop.array, sequences.allSatisfy(\.isString) else {
        throw TranslationError(.wrongType, at: "stop")
      }
      if !sequences.isEmpty { output.append(("stop_sequences", .array(sequences.map(Draft.init)))) }
    }
    let user = members.take("user")
    if let user = members.take("safety_identifier") ?? user {
      output.append(("metadata", ["user_id": Draft(user)]))
    }
    switch try members.string("service_tier") {
    case nil: break
    case "auto": output.append(("service_tier", "auto"))
    case "default": output.append(("service_tier", "standard_only"))
    default: throw TranslationError(.outOfRange, at: "service_tier")
    }
  }

  private mutating func tools() throws(TranslationError) {
    var tools: [Draft] = []
    for (index, tool) in (try members.array("tools") ?? []).enumerated() {
      tools.append(try ChatToMessages.tool(tool, at: "tools[\(index)]"))
    }
    if !tools.isEmpty { output.append(("tools", .array(tools))) }

    let asked = members.take("tool_choice")
    var choice = try asked.map { value throws(TranslationError) in try ChatToMessages.toolChoice(value) }
    if try members.bool("parallel_tool_calls") == false, asked?.string != "none" {
      choice = (choice ?? [("type", "auto")]) + [("disable_parallel_tool_use", true)]
    }
    if let choice { output.append(("tool_choice", .object(choice))) }
  }

  private static func tool(_ value: WrittenValue, at path: String) throws(TranslationError) -> Draft {
    var tool = try Members(of: value, at: path)
    guard try tool.string("type") == "function" else { throw TranslationError(.notCarried, at: tool.path(to: "type")) }
    var function = try Members(of: try tool.need("function"), at: tool.path(to: "function"))
    try tool.refuseRest()
    var draft: [(String, Draft)] = [("name", Draft(try function.need("name")))]
    if let description = function.take("description") { draft.append(("description", Draft(description))) }
    draft.append(("input_schema", function.take("parameters").map(Draft.init) ?? ["type": "object"]))
    if let strict = function.take("strict") { draft.append(("strict", Draft(strict))) }
    try function.refuseRest()
    return .object(draft)
  }

  private static func toolChoice(_ value: WrittenValue) throws(TranslationError) -> [(String, Draft)] {
    switch value.string {
    case "none": return [("type", "none")]
    case "auto": return [("type", "auto")]
    case "required": return [("type", "any")]
    case nil:
      var choice = try Members(of: value, at: "tool_choice")
      guard try choice.string("type") == "function" else {
        throw TranslationError(.notCarried, at: "tool_choice.type")
      }
      var function = try Members(of: try choice.need("function"), at: "tool_choice.function")
      let name = try function.need("name")
      try function.refuseRest()
      try choice.refuseRest()
      return [("type", "tool"), ("name", Draft(name))]
    default: throw TranslationError(.outOfRange, at: "tool_choice")
    }
  }

  private mutating func format() throws(TranslationError) {
    switch try members.string("reasoning_effort") {
    case nil: break
    case .some(let effort) where ["low", "medium", "high", "xhigh", "max"].contains(effort):
      outputConfig.append(("effort", .value(.string(effort))))
    default: throw TranslationError(.outOfRange, at: "reasoning_effort")
    }
    if let value = members.take("response_format") {
      var format = try Members(of: value, at: "response_format")
      switch try format.string("type") {
      case "text": break
      case "json_schema":
        var schema = try Members(of: try format.need("json_schema"), at: "response_format.json_schema")
        schema.drop("name", "strict")
        outputConfig.append(("format", ["type": "json_schema", "schema": Draft(try schema.need("schema"))]))
        try schema.refuseRest(naming: ["description"])
      default: throw TranslationError(.notCarried, at: "response_format.type")
      }
      try format.refuseRest()
    }
    if !outputConfig.isEmpty { output.append(("output_config", .object(outputConfig))) }
  }

  private mutating func others() throws(TranslationError) {
    members.drop("metadata", "prediction", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention")
    try members.refuse("n") { $0.integer == 1 }
    for name in ["frequency_penalty", "presence_penalty", "top_logprobs"] { try members.refuse(name) { $0.isZero } }
    for name in ["logprobs", "store"] { try members.refuse(name) { $0.isFalse } }
    for name in ["logit_bias", "functions"] { try members.refuse(name) { $0.isEmpty } }
    try members.refuse("modalities") { $0.array?.allSatisfy { $0.string == "text" } ?? false }
    try members.refuseRest(
      naming: ["audio", "seed", "verbosity", "web_search_options", "function_call", "moderation", "cordon"])
  }
}
