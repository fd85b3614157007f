package import AsyncHTTPClient
import NIOCore

/// The body of a vendor's answer, in the pieces in which it arrives.
package enum VendorBody: Sendable, AsyncSequence {
  /// As it comes from the network, with what has to be held until its end.
  case http(HTTPClientResponse.Body, holding: (any Sendable)?)
  case pieces([[UInt8]])

  package func makeAsyncIterator() -> Iterator {
    switch self {
    case .http(let body, let held): Iterator(source: .http(body.makeAsyncIterator()), held: held)
    case .pieces(let pieces): Iterator(source: .pieces(pieces[...]), held: nil)
    }
  }

  package struct Iterator: AsyncIteratorProtocol {
    fileprivate enum Source {
      case http(HTTPClientResponse.Body.AsyncIterator)
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
      case .pieces(var rest):
        let piece = rest.popFirst()
        source = .pieces(rest)
        return piece
      }
    }
  }
}
