package import AsyncHTTPClient
import NIOCore

/// The body of a vendor's answer, in the pieces in which it arrives.
package enum VendorBody: Sendable, AsyncSequence {
  case http(HTTPClientResponse.Body)
  case pieces([[UInt8]])

  package func makeAsyncIterator() -> Iterator {
    switch self {
    case .http(let body): Iterator(source: .http(body.makeAsyncIterator()))
    case .pieces(let pieces): Iterator(source: .pieces(pieces[...]))
    }
  }

  package struct Iterator: AsyncIteratorProtocol {
    fileprivate enum Source {
      case http(HTTPClientResponse.Body.AsyncIterator)
      case pieces(ArraySlice<[UInt8]>)
    }

    fileprivate var source: Source

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
