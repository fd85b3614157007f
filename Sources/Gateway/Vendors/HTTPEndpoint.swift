import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A vendor behind an HTTP endpoint.
package struct HTTPEndpoint: ModelEndpoint {
  private let addressing: VendorAddressing
  private let connections: VendorConnections
  private let silence: TimeAmount

  /// - Parameters:
  ///   - addressing: where the vendor takes requests.
  ///   - connections: follow no redirects: safe text goes to the address that was agreed, and nowhere else.
  ///   - silenceSeconds: how long the vendor may take to begin its answer.
  package init(_ addressing: VendorAddressing, through connections: VendorConnections, silenceSeconds: Int) {
    self.addressing = addressing
    self.connections = connections
    silence = .seconds(Int64(silenceSeconds))
  }

  package var credential: VendorCredential? { addressing.credential }

  package func send(_ request: OutboundRequest) async throws(VendorFailure) -> VendorAnswer {
    let sending = addressing.sending(request)
    var headers = sending.headers
    headers.append(Self.uncached)
    if let trace = request.trace { headers.append(("traceparent", trace.header)) }
    let (response, held) = try await connections.post(
      sending.body, to: sending.url, accepting: sending.accepted, headers: headers,
      within: request.patience.map { min(silence, .microseconds($0)) } ?? silence)
    var type = response.headers.first(name: "content-type") ?? ""
    var body = VendorBody.http(response.body, holding: held)
    if sending.accepted == MediaType.amazonEventStream, MediaType.name(in: type) == MediaType.amazonEventStream {
      (type, body) = ("text/event-stream", .bedrock(response.body, holding: held))
    }
    return VendorAnswer(
      status: Int(response.status.code), contentType: type,
      passedHeaders: response.headers.filter { Self.isPassed($0.name.lowercased()) }, headers: Array(response.headers),
      body: body)
  }

  package func send(_ request: ResourceRequest) async throws(VendorFailure) -> VendorAnswer {
    var headers = addressing.headers(of: request.version)
    headers.append(Self.uncached)
    if let trace = request.trace { headers.append(("traceparent", trace.header)) }
    let (response, held) = try await connections.send(
      HTTPMethod(rawValue: request.method.rawValue), request.body, to: addressing.url(of: request),
      accepting: request.accepting, headers: headers,
      within: request.patience.map { min(silence, .microseconds($0)) } ?? silence)
    return VendorAnswer(
      status: Int(response.status.code), contentType: response.headers.first(name: "content-type") ?? "",
      passedHeaders: response.headers.filter { Self.isPassed($0.name.lowercased()) }, headers: Array(response.headers),
      body: .http(response.body, holding: held))
  }

  package func target(of request: ResourceRequest) -> String { VendorAddress.path(of: addressing.url(of: request)) }

  /// Tells whatever is on the way that nothing of a request or its answer is to be kept (RFC 9111, section 5.2.1.5).
  private static let uncached = ("cache-control", "no-store")

  private static func isPassed(_ name: String) -> Bool {
    name == "retry-after" || name == "retry-after-ms" || name.hasPrefix("x-ratelimit-")
      || name.hasPrefix("anthropic-ratelimit-")
  }
}

extension VendorFailure {
  /// What went wrong between Cordon and a vendor, told by what the HTTP client threw.
  init(_ error: any Error) {
    self =
      switch error {
      case let failure as VendorFailure: failure
      case is CancellationError: VendorFailure(.cancelled)
      case let error as HTTPClientError where error == .cancelled: VendorFailure(.cancelled)
      case let error as HTTPClientError where Self.timeouts.contains(error): VendorFailure(.timedOut)
      case let error as HTTPClientError where error == .remoteConnectionClosed: VendorFailure(.interrupted)
      case let error as HTTPParserError where error == .invalidEOFState: VendorFailure(.interrupted)
      case is HTTPParserError: VendorFailure(.unexpectedAnswer)
      case is ChannelError, is HTTPClientError: VendorFailure(.interrupted)
      default: VendorFailure(.unreachable)
      }
  }

  private static var timeouts: [HTTPClientError] {
    [
      .readTimeout, .writeTimeout, .connectTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout,
      .tlsHandshakeTimeout,
    ]
  }
}
