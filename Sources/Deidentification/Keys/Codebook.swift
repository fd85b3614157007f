internal import PHI
internal import Synchronization

/// Codes drawn at random, one for each value, as long as the book is held in memory.
///
/// A code is not computed from its value, so that nothing can be learnt from it, by any key. Without the book nobody gets
/// from a code to a value; another book gives other codes.
package final class Codebook: Sendable {
  private let state: Mutex<State>

  private struct State: ~Copyable {
    var codes: [[UInt8]: [UInt8]] = [:]
    var used: Set<[UInt8]> = []
    var generator: any RandomNumberGenerator & Sendable

    mutating func draw() -> [UInt8] {
      CodeLetters.letters(of: UInt128(generator.next()) << 64 | UInt128(generator.next()))
    }
  }

  /// An empty book whose codes come from `generator`.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package init(using generator: any RandomNumberGenerator & Sendable) {
    state = Mutex(State(generator: generator))
  }

  /// The code of `value`, which is drawn when the value is new.
  func code(of value: [UInt8], as identifier: Identifier) -> [UInt8] {
    state.withLock { state in
      let key = [identifier.rawValue] + value
      if let known = state.codes[key] { return known }
      var code = state.draw()
      while !state.used.insert(code).inserted { code = state.draw() }
      state.codes[key] = code
      return code
    }
  }
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
