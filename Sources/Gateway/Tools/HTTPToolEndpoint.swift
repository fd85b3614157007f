import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A tool server that speaks the Model Context Protocol over streamable HTTP.
package struct HTTPToolEndpoint: ToolEndpoint {
  private let place: Vendor.Place
  package let credential: VendorCredential?
  private let connections: VendorConnections
  private let silence: TimeAmount

  /// - Parameters:
  ///   - place: where the server is; its address is used as it is.
  ///   - credential: what the server knows the organisation by.
  ///   - connections: follow no redirects.
  ///   - silenceSeconds: how long the server may take to begin its answer.
  package init(
    _ place: Vendor.Place, credential: VendorCredential?, through connections: VendorConnections, silenceSeconds: Int
  ) {
    self.place = place
    self.credential = credential
    self.connections = connections
    silence = .seconds(Int64(silenceSeconds))
  }

  package func send(_ message: OutboundToolMessage) async throws(VendorFailure) -> ToolServerAnswer {
    var headers = credential?.bearer ?? []
    if let session = message.session { headers.append(("mcp-session-id", session)) }
    if let revision = message.revision { headers.append(("mcp-protocol-version", revision)) }
    let (response, held) = try await connections.post(
      message.body, to: place.baseURL, accepting: "application/json, text/event-stream", headers: headers,
      within: silence)
    return ToolServerAnswer(
      status: Int(response.status.code), contentType: response.headers.first(name: "content-type") ?? "",
      session: response.headers.first(name: "mcp-session-id"), body: .http(response.body, holding: held))
  }
}
