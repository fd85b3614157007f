package import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A tool server that speaks the Model Context Protocol over streamable HTTP.
package struct HTTPToolEndpoint: ToolEndpoint {
  private let place: Vendor.Place
  private let credential: VendorCredential?
  private let client: HTTPClient
  private let silence: TimeAmount

  /// - Parameters:
  ///   - place: where the server is; its address is used as it is.
  ///   - credential: what the server knows the organisation by.
  ///   - client: follows no redirects.
  ///   - silenceSeconds: how long the server may take to begin its answer.
  package init(_ place: Vendor.Place, credential: VendorCredential?, client: HTTPClient, silenceSeconds: Int) {
    self.place = place
    self.credential = credential
    self.client = client
    silence = .seconds(Int64(silenceSeconds))
  }

  package func send(_ message: OutboundToolMessage) async throws(VendorFailure) -> ToolServerAnswer {
    var headers = credential?.bearer ?? []
    if let session = message.session { headers.append(("mcp-session-id", session)) }
    if let revision = message.revision { headers.append(("mcp-protocol-version", revision)) }
    let response = try await client.post(
      message.body, to: place.baseURL, accepting: "application/json, text/event-stream", headers: headers,
      within: silence)
    return ToolServerAnswer(
      status: Int(response.status.code), contentType: response.headers.first(name: "content-type") ?? "",
      session: response.headers.first(name: "mcp-session-id"), body: .http(response.body))
  }
}
