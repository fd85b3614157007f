import Bytes

extension AnswerWalk {
  /// Reads how many tokens the vendor counted, by the names of any dialect.
  mutating func usage(_ text: Span<UInt8>) throws(JSONError) {
    var count = TokenUsage()
    while let name = try name(text) {
      let value = try token(text)
      switch entry(name, in: AnswerWalk.usageFields, text) {
      case .prompt: count.prompt = min(max(integer(value, text) ?? 0, 0), TokenUsage.most)
      case .completion: count.completion = min(max(integer(value, text) ?? 0, 0), TokenUsage.most)
      case nil: break
      }
      try others(value, text)
    }
    reading.usage = count
  }

  private enum UsageField { case prompt, completion }

  private static let usageFields: [(StaticString, UsageField)] = [
    ("prompt_tokens", .prompt), ("completion_tokens", .completion), ("input_tokens", .prompt),
    ("output_tokens", .completion),
  ]
}
