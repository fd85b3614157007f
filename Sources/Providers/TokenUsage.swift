/// How many tokens a vendor says it has counted.
package struct TokenUsage: Hashable, Sendable {
  /// Tokens of the request.
  package var prompt = 0
  /// Tokens of the answer.
  package var completion = 0

  /// A count of tokens.
  package init(prompt: Int = 0, completion: Int = 0) {
    self.prompt = prompt
    self.completion = completion
  }
}
