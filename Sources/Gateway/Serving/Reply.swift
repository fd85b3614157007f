package import AsyncAlgorithms

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
  }

  /// A whole JSON answer.
  static func json(_ status: Int, _ body: [UInt8], headers: [(name: String, value: String)] = []) -> Reply {
    Reply(status: status, headers: [("content-type", "application/json")] + headers, body: .whole(body))
  }
}
