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
    var outbound = HTTPClientRequest(url: place.baseURL)
    outbound.method = .POST
    outbound.headers = [
      "content-type": "application/json", "accept": "application/json, text/event-stream",
      "accept-encoding": "identity", "user-agent": "cordon",
    ]
    if let session = message.session { outbound.headers.add(name: "mcp-session-id", value: session) }
    if let revision = message.revision { outbound.headers.add(name: "mcp-protocol-version", value: revision) }
    for (name, value) in credential?.bearer ?? [] { outbound.headers.add(name: name, value: value) }
    outbound.body = .bytes(ByteBuffer(bytes: message.body))
    let response: HTTPClientResponse
    do {
      response = try await client.execute(outbound, timeout: silence)
    } catch {
      throw VendorFailure(error)
    }
    if let encoding = response.headers.first(name: "content-encoding"), encoding.lowercased() != "identity" {
      throw VendorFailure(.unexpectedAnswer)
    }
    return ToolServerAnswer(
      status: Int(response.status.code), contentType: response.headers.first(name: "content-type") ?? "",
      session: response.headers.first(name: "mcp-session-id"), body: .http(response.body))
  }
}
