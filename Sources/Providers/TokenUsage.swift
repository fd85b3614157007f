/// How many tokens a vendor says it has counted.
package struct TokenUsage: Hashable, Sendable {
  /// Tokens of the request.
  package var prompt = 0
  /// Tokens of the answer.
  package var completion = 0

  /// What is more than any request has; a vendor that says more is taken to say this, so that sums stay numbers.
  package static let most = 1 << 40

  /// A count of tokens, each between none and `most`.
  package init(prompt: Int = 0, completion: Int = 0) {
    self.prompt = min(max(prompt, 0), Self.most)
    self.completion = min(max(completion, 0), Self.most)
  }
}
