package import AsyncHTTPClient
import NIOCore

/// What requests to a vendor go through.
package enum VendorConnections: Sendable {
  /// The connections that all vendors share.
  case shared(HTTPClient)
  /// Connections to a machine that has proved what runs there.
  case attested(AttestedVendor)

  /// Sends a request; what is given beside the answer has to be held until its body was read.
  func execute(
    _ request: HTTPClientRequest, timeout: TimeAmount
  ) async throws -> (response: HTTPClientResponse, holding: (any Sendable)?) {
    switch self {
    case .shared(let client): (try await client.execute(request, timeout: timeout), nil)
    case .attested(let vendor): try await vendor.execute(request, timeout: timeout)
    }
  }
}
