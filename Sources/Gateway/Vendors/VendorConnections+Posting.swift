import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension VendorConnections {
  /// Posts JSON and takes the head of the answer, which must begin within so long and must not be coded.
  ///
  /// `headers` go out beside those that every request has. What is given beside the answer has to be held until its body
  /// was read.
  func post(
    _ body: [UInt8], to url: String, accepting accepted: String, headers: [(name: String, value: String)],
    within patience: TimeAmount
  ) async throws(VendorFailure) -> (response: HTTPClientResponse, holding: (any Sendable)?) {
    try await send(
      .POST, (body, "application/json"), to: url, accepting: accepted, headers: headers, within: patience)
  }

  /// The same by any method, with a body or without.
  func send(
    _ method: HTTPMethod, _ body: (bytes: [UInt8], type: String)?, to url: String, accepting accepted: String,
    headers: [(name: String, value: String)], within patience: TimeAmount
  ) async throws(VendorFailure) -> (response: HTTPClientResponse, holding: (any Sendable)?) {
    var request = HTTPClientRequest(url: url)
    request.method = method
    request.headers = ["accept": accepted, "accept-encoding": "identity", "user-agent": "cordon"]
    if let body {
      request.headers.add(name: "content-type", value: body.type)
      request.body = .bytes(ByteBuffer(bytes: body.bytes))
    }
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    let (response, held): (HTTPClientResponse, (any Sendable)?)
    do {
      (response, held) = try await execute(request, timeout: patience)
    } catch {
      throw VendorFailure(error)
    }
    if let encoding = response.headers.first(name: "content-encoding"), encoding.lowercased() != "identity" {
      throw VendorFailure(.unexpectedAnswer)
    }
    return (response, held)
  }
}
