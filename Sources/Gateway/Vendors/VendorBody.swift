package import AsyncHTTPClient
import NIOCore
import Providers

/// The body of a vendor's answer, in the pieces in which it arrives.
package struct VendorBody: Sendable, AsyncSequence {
  private enum Source: Sendable {
    case http(HTTPClientResponse.Body, holding: (any Sendable)?)
    case bedrock(HTTPClientResponse.Body, holding: (any Sendable)?)
    case pieces([[UInt8]])
  }

  private let source: Source
  /// What is hidden in it.
  private var credentials: CredentialsInForce?

  private init(_ source: Source) { self.source = source }

  /// As it comes from the network, with what has to be held until its end.
  package static func http(_ body: HTTPClientResponse.Body, holding held: (any Sendable)?) -> VendorBody {
    VendorBody(.http(body, holding: held))
  }

  /// The same, of a stream of Amazon Bedrock's: its pieces are events as Anthropic's Messages have them.
  package static func bedrock(_ body: HTTPClientResponse.Body, holding held: (any Sendable)?) -> VendorBody {
    VendorBody(.bedrock(body, holding: held))
  }

  package static func pieces(_ pieces: [[UInt8]]) -> VendorBody { VendorBody(.pieces(pieces)) }

  /// The same without these.
  func hiding(_ credentials: CredentialsInForce) -> VendorBody {
    var body = self
    body.credentials = credentials
    return body
  }

  package func makeAsyncIterator() -> Iterator {
    let screen = credentials.map { CredentialScreen($0) }
    return switch source {
    case .http(let body, let held): Iterator(source: .http(body.makeAsyncIterator()), held: held, screen: screen)
    case .bedrock(let body, let held):
      Iterator(source: .bedrock(body.makeAsyncIterator(), BedrockEvents()), held: held, screen: screen)
    case .pieces(let pieces): Iterator(source: .pieces(pieces[...]), held: nil, screen: screen)
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
    fileprivate var screen: CredentialScreen?

    package mutating func next() async throws -> [UInt8]? {
      while let piece = try await arriving() {
        guard let shown = screen?.push(piece.span) else { return piece }
        if !shown.isEmpty { return shown }
      }
      let rest = screen?.finish() ?? []
      return rest.isEmpty ? nil : rest
    }

    private mutating func arriving() async throws -> [UInt8]? {
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
