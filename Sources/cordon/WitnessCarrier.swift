import AsyncHTTPClient
import Gateway
import Ledger
import NIOCore
import NIOHTTP1

/// Carries checkpoints to witnesses over HTTP.
struct WitnessCarrier: Sendable {
  // Cosignatures of a few keys; a longer answer is none.
  private static let longestAnswer = 1 << 16

  private let timeout: TimeAmount

  /// A carrier that waits so long for each answer.
  init(seconds: Int) { timeout = .seconds(Int64(seconds)) }

  /// Submits the checkpoint to all witnesses.
  func push(_ witnessing: Witnessing) async throws(LedgerError) -> Witnessing.Report {
    // Redirects are not followed: the log was told where its witnesses are.
    var configuration = HTTPClient.Configuration(tlsConfiguration: TLSSettings.toVendors(onlyApproved: false))
    configuration.redirectConfiguration = .disallow
    configuration.timeout.connect = timeout
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let result: Result<Witnessing.Report, LedgerError>
    do throws(LedgerError) {
      let timeout = timeout
      result = .success(
        try await witnessing.push { request in try await WitnessCarrier.carry(request, by: client, timeout) })
    } catch {
      result = .failure(error)
    }
    // The answers are in; connections that do not close in order are of no interest.
    try? await client.shutdown()
    return try result.get()
  }

  private static func carry(
    _ request: WitnessRequest, by client: HTTPClient, _ timeout: TimeAmount
  ) async throws -> WitnessResponse {
    var outbound = HTTPClientRequest(url: request.url)
    outbound.method = .POST
    outbound.headers = ["content-type": "text/plain; charset=utf-8", "user-agent": "cordon"]
    outbound.body = .bytes(ByteBuffer(bytes: request.body))
    let response = try await client.execute(outbound, timeout: timeout)
    let body = try await response.body.collect(upTo: longestAnswer)
    return WitnessResponse(
      status: Int(response.status.code), contentType: response.headers.first(name: "content-type"),
      body: Array(body.readableBytesView))
  }
}
