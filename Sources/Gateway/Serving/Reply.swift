package import AsyncAlgorithms
import Synchronization

/// What the gateway answers, before it is put on a connection.
package struct Reply: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: Body

  package enum Body: Sendable {
    case whole([UInt8])
    case streamed(StreamedBody)
  }

  /// A body that comes piece by piece.
  package struct StreamedBody: Sendable {
    /// The pieces, each to be taken before the next is made.
    package let pieces: AsyncChannel<[UInt8]>
    /// What makes them; whoever takes the pieces cancels it when nobody wants more.
    package let producer: Task<Void, Never>
    /// What comes after the pieces when the producer was stopped.
    package let lastWords: LastWords
    /// Whether it broke off, and must not look like one that ended.
    let isBroken: Flag

    init(
      pieces: AsyncChannel<[UInt8]>, producer: Task<Void, Never>, lastWords: LastWords, isBroken: Flag = Flag(false)
    ) {
      self.pieces = pieces
      self.producer = producer
      self.lastWords = lastWords
      self.isBroken = isBroken
    }
  }

  /// A whole JSON answer.
  static func json(_ status: Int, _ body: [UInt8], headers: [(name: String, value: String)] = []) -> Reply {
    Reply(status: status, headers: [("content-type", "application/json")] + headers, body: .whole(body))
  }
}

/// What a producer that was cancelled has still to say: a cancelled task sends nothing itself.
package final class LastWords: Sendable {
  private let words = Mutex<[UInt8]?>(nil)

  init() {}

  func leave(_ bytes: [UInt8]) { words.withLock { $0 = bytes } }

  /// The words, once.
  package func take() -> [UInt8]? {
    words.withLock { words in
      defer { words = nil }
      return words
    }
  }
}
