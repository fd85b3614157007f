import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension VendorConnections {
  /// Posts JSON and takes the head of the answer, which must begin within so long and must not be coded.
  ///
  /// `headers` go out beside those that every request has. What is given beside the answer has to be held until its body
  /// was read.
  func post(
    _ body: [UInt8], to url: String, accepting accepted: String, headers: [(String, String)],
    within patience: TimeAmount
  ) async throws(VendorFailure) -> (response: HTTPClientResponse, holding: (any Sendable)?) {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers = [
      "content-type": "application/json", "accept": accepted, "accept-encoding": "identity", "user-agent": "cordon",
    ]
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    request.body = .bytes(ByteBuffer(bytes: body))
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
