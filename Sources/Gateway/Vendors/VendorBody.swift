package import AsyncHTTPClient
import NIOCore
import Providers

/// The body of a vendor's answer, in the pieces in which it arrives.
package enum VendorBody: Sendable, AsyncSequence {
  /// As it comes from the network, with what has to be held until its end.
  case http(HTTPClientResponse.Body, holding: (any Sendable)?)
  /// The same, of a stream of Amazon Bedrock's: its pieces are events as Anthropic's Messages have them.
  case bedrock(HTTPClientResponse.Body, holding: (any Sendable)?)
  case pieces([[UInt8]])

  package func makeAsyncIterator() -> Iterator {
    switch self {
    case .http(let body, let held): Iterator(source: .http(body.makeAsyncIterator()), held: held)
    case .bedrock(let body, let held): Iterator(source: .bedrock(body.makeAsyncIterator(), BedrockEvents()), held: held)
    case .pieces(let pieces): Iterator(source: .pieces(pieces[...]), held: nil)
    }
  }

  package struct Iterator: AsyncIteratorProtocol {
    fileprivate enum Source {
      case http(HTTPClientResponse.Body.AsyncIterator)
      case bedrock(HTTPClientResponse.Body.AsyncIterator, BedrockEvents)
      case pieces(ArraySlice<[UInt8]>)
    }

    fileprivate var source: Source
    fileprivate let held: (any Sendable)?

    package mutating func next() async throws -> [UInt8]? {
      switch source {
      case .http(var iterator):
        let piece = try await iterator.next(isolation: #isolation)
        source = .http(iterator)
        return piece.map { Array($0.readableBytesView) }
      case .bedrock(var iterator, var events):
        while let piece = try await iterator.next(isolation: #isolation) {
          let whole = try Self.events(of: Array(piece.readableBytesView), &events)
          guard !whole.isEmpty else { continue }
          source = .bedrock(iterator, events)
          return whole
        }
        guard events.isBetween else { throw VendorFailure(.interrupted) }
        source = .pieces([])
        return nil
      case .pieces(var rest):
        let piece = rest.popFirst()
        source = .pieces(rest)
        return piece
      }
    }

    private static func events(of piece: [UInt8], _ events: inout BedrockEvents) throws(VendorFailure) -> [UInt8] {
      do {
        return try events.events(from: piece.span)
      } catch {
        throw VendorFailure(.unexpectedAnswer)
      }
    }
  }
}
