/// What the gateway answers, before it is put on a connection.
package struct Reply: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: Body

  package enum Body: Sendable {
    case whole([UInt8])
    /// A body that is written piece by piece; `write` throws when the client has gone.
    case streamed(@Sendable @concurrent (_ write: Write) async throws -> Void)

    /// Puts a piece of a body on the connection.
    package typealias Write = @concurrent ([UInt8]) async throws -> Void
  }

  /// A whole JSON answer.
  static func json(_ status: Int, _ body: [UInt8], headers: [(name: String, value: String)] = []) -> Reply {
    Reply(status: status, headers: [("content-type", "application/json")] + headers, body: .whole(body))
  }
}
