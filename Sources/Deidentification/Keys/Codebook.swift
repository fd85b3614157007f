package import PHI
internal import Synchronization

/// Codes drawn at random, one for each value.
///
/// A code is not computed from its value, so that nothing can be learnt from it, by any key. Without the book nobody gets
/// from a code to a value; another book gives other codes. A book is held in memory and forgotten, or its codes come from
/// a source that remembers them.
package final class Codebook: Sendable {
  /// A value that needs a code.
  package struct Value: Sendable {
    /// Its kind.
    package let identifier: Identifier
    /// What its spellings have in common.
    package let identity: [UInt8]
    /// How it is spelled here.
    package let spelling: [UInt8]
  }

  /// What gives values their codes, in their order.
  package typealias Source = @Sendable ([Value]) throws -> [[UInt8]]

  private let state: Mutex<State>
  private let source: Source?

  private struct State: ~Copyable {
    var codes: [[UInt8]: [UInt8]] = [:]
    var used: Set<[UInt8]> = []
    var generator: any RandomNumberGenerator & Sendable
    var failure: (any Error)?

    mutating func draw() -> [UInt8] {
      CodeLetters.letters(of: UInt128(generator.next()) << 64 | UInt128(generator.next()))
    }
  }

  /// An empty book whose codes come from `generator`.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package init(using generator: any RandomNumberGenerator & Sendable) {
    source = nil
    state = Mutex(State(generator: generator))
  }

  /// A book whose codes come from `source`.
  package init(from source: @escaping Source) {
    self.source = source
    state = Mutex(State(generator: SystemRandomNumberGenerator()))
  }

  /// Why the source gave no codes; values without one are replaced by their kind, and the text must not be released as
  /// what was asked for.
  package var failure: (any Error)? { state.withLock { $0.failure } }

  /// Whether codes come from a source, which is asked for many at once.
  var hasSource: Bool { source != nil }

  /// Asks the source for the codes of all values that have none yet, by the longest of the spellings of each.
  func prepare(_ values: [Value]) {
    guard let source else { return }
    let missing = state.withLock { state in
      var longest: [[UInt8]: Value] = [:]
      for value in values where state.codes[value.key] == nil {
        if let known = longest[value.key], known.spelling.count >= value.spelling.count { continue }
        longest[value.key] = value
      }
      return Array(longest.values)
    }
    guard !missing.isEmpty else { return }
    let answer = Result { try source(missing) }
    state.withLock { state in
      switch answer {
      case .success(let codes) where codes.count == missing.count:
        for (value, code) in zip(missing, codes) { state.codes[value.key] = code }
      case .success: state.failure = CodesMissing()
      case .failure(let error): state.failure = error
      }
    }
  }

  /// The code of `value`, which is drawn when the value is new; nil when the source gives none.
  func code(of value: Value) -> [UInt8]? {
    guard source == nil else {
      if let known = state.withLock({ $0.codes[value.key] }) { return known }
      prepare([value])
      return state.withLock { $0.codes[value.key] }
    }
    return state.withLock { state in
      if let known = state.codes[value.key] { return known }
      var code = state.draw()
      while !state.used.insert(code).inserted { code = state.draw() }
      state.codes[value.key] = code
      return code
    }
  }
}

/// A source gave fewer codes than it was asked for.
private struct CodesMissing: Error {}

extension Codebook.Value {
  fileprivate var key: [UInt8] { [identifier.rawValue] + identity }
}

/// The letters of codes.
enum CodeLetters {
  private static let consonants = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)

  /// Sixteen consonants, 69 bits of `number`: no digits that would look like a number, no vowels that would spell a word.
  static func letters(of number: UInt128) -> [UInt8] {
    var rest = number
    return (0..<16).map { _ in
      let letter = consonants[Int(rest % 20)]
      rest /= 20
      return letter
    }
  }
}
