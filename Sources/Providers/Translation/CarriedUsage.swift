/// The numbers of tokens that an answer reports, as both dialects count them.
///
/// A chat answer counts what came from a cache among the prompt's tokens, Messages beside them.
struct CarriedUsage: Hashable, Sendable {
  var input = 0
  var written = 0
  var read = 0
  var output = 0

  /// Takes what a Messages answer or event reports; numbers that it leaves out stay.
  mutating func take(messages usage: WrittenValue?) {
    guard let usage else { return }
    if let count = usage["input_tokens"]?.count { input = count }
    if let count = usage["cache_creation_input_tokens"]?.count { written = count }
    if let count = usage["cache_read_input_tokens"]?.count { read = count }
    if let count = usage["output_tokens"]?.count { output = count }
  }

  /// Takes what a chat answer or event reports.
  mutating func take(chat usage: WrittenValue?) {
    guard let usage else { return }
    let prompt = usage["prompt_tokens"]?.count ?? 0
    read = min(prompt, usage["prompt_tokens_details"]?["cached_tokens"]?.count ?? 0)
    written = min(prompt - read, usage["prompt_tokens_details"]?["cache_write_tokens"]?.count ?? 0)
    input = prompt - read - written
    output = usage["completion_tokens"]?.count ?? 0
  }

  /// Everything that was read, and everything that was written.
  var count: TokenUsage { TokenUsage(prompt: input + written + read, completion: output) }

  var chat: Draft {
    let prompt = count.prompt
    return [
      "prompt_tokens": .integer(prompt), "completion_tokens": .integer(output),
      "total_tokens": .integer(prompt + output), "prompt_tokens_details": ["cached_tokens": .integer(read)],
    ]
  }

  var messages: Draft {
    [
      "input_tokens": .integer(input), "cache_creation_input_tokens": .integer(written),
      "cache_read_input_tokens": .integer(read), "output_tokens": .integer(output),
    ]
  }
}

extension WrittenValue {
  /// A number of tokens; nobody counts so many that their sum does not fit.
  fileprivate var count: Int? { integer.map { min(max($0, 0), 1 << 48) } }
}
