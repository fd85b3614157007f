internal import Bytes
internal import PHI

/// Puts back what session tokens stand for, in an answer that arrives in pieces cut anywhere.
///
/// The pieces' outputs, joined, are the same however the answer was cut. Held back is only a suffix that may be the
/// beginning of a token that the map could know.
package struct Restorer: Sendable {
  /// How restored values are written.
  package enum Escaping: Sendable {
    /// As they are.
    case none
    /// Escaped for the inside of a JSON string: the answer is JSON text, such as a tool's arguments.
    case json
  }

  /// How many tokens of each kind have been restored.
  package private(set) var restored = IdentifierCounts()
  private let map: TokenMap
  private let kinds: IdentifierSet
  private let escaping: Escaping
  private var held: [UInt8] = []

  /// A restorer of the tokens of `map`; kinds that are not `revealing` stay tokens.
  package init(_ map: TokenMap, revealing: IdentifierSet = .all, escaping: Escaping = .none) {
    self.map = map
    kinds = revealing.intersection(map.kinds)
    self.escaping = escaping
  }

  /// Takes the next piece of the answer and appends what can be released.
  package mutating func push(_ bytes: Span<UInt8>, into output: inout [UInt8]) {
    if kinds.isEmpty {
      output.append(copying: bytes)
    } else if held.isEmpty {
      let end = restore(bytes, isLast: false, into: &output)
      held.append(copying: bytes, end..<bytes.count)
    } else {
      held.append(copying: bytes)
      let piece = held
      let end = restore(piece.span, isLast: false, into: &output)
      held.removeFirst(end)
    }
  }

  /// Takes the next piece of the answer and returns what can be released.
  package mutating func push(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    push(bytes.span, into: &output)
    return output
  }

  /// Releases what is held back: the answer is over.
  package mutating func finish(into output: inout [UInt8]) {
    output.append(contentsOf: held)
    held.removeAll()
  }

  /// Releases what is held back: the answer is over.
  package mutating func finish() -> [UInt8] {
    var output: [UInt8] = []
    finish(into: &output)
    return output
  }

  /// Appends `bytes` with their tokens restored, up to the offset that it returns.
  private mutating func restore(_ bytes: Span<UInt8>, isLast: Bool, into output: inout [UInt8]) -> Int {
    var copied = 0
    var next = 0
    while let separator = bytes.firstIndex(of: 0x5F, from: next) {
      next = separator + 1
      guard next < bytes.count, ASCII.isDigit(bytes[next]) else { continue }
      guard let tail = TokenGrammar.tail(after: separator, in: bytes) else { continue }
      guard let (start, token, value) = known(tail, after: separator, in: bytes, notBefore: copied) else { continue }
      output.append(copying: bytes, copied..<start)
      append(valueAt: value, to: &output)
      restored[token.identifier] += 1
      copied = tail.end
      next = tail.end
    }
    let end = TokenGrammar.beginningOfToken(in: bytes, from: copied, of: kinds)
    output.append(copying: bytes, copied..<end)
    return end
  }

  /// The token with this tail, where it begins and where its value is; nil when it is not to be restored.
  private func known(
    _ tail: TokenGrammar.Tail, after separator: Int, in bytes: Span<UInt8>, notBefore floor: Int
  ) -> (start: Int, token: SessionToken, value: Range<Int>)? {
    var result: (start: Int, token: SessionToken, value: Range<Int>)?
    TokenGrammar.eachKind(before: separator, in: bytes, notBefore: floor) { identifier, start in
      let token = SessionToken(identifier: identifier, index: tail.index, form: tail.form, check: tail.check)
      guard kinds.contains(identifier), let value = map.range(of: token) else { return false }
      result = (start, token, value)
      return true
    }
    return result
  }

  private func append(valueAt range: Range<Int>, to output: inout [UInt8]) {
    map.withValue(at: range) { value in
      switch escaping {
      case .none: output.append(copying: value)
      case .json: JSONString.escape(value, into: &output)
      }
    }
  }
}
