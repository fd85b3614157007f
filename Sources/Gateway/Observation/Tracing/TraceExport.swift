package import AsyncHTTPClient
package import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// Sends spans to a collector, a batch a second at most, and the rest when the gateway stops.
///
/// A batch that is not taken is dropped and counted: traces are for looking at, the log is what counts.
package struct TraceExport: Service {
  private let traces: Traces
  private let settings: TelemetrySettings
  private let client: HTTPClient
  private let logger: Logger

  package init(_ traces: Traces, _ settings: TelemetrySettings, client: HTTPClient, logger: Logger) {
    self.traces = traces
    self.settings = settings
    self.client = client
    self.logger = logger
  }

  package func run() async throws {
    guard let endpoint = settings.endpoint else { return try await gracefulShutdown() }
    let rounds = Rounds("traces", every: .seconds(1), first: .afterPause) { await sendAll(to: endpoint) }
    try await rounds.run()
    await sendAll(to: endpoint)
  }

  private func sendAll(to endpoint: String) async {
    while true {
      let spans = traces.take()
      guard !spans.isEmpty else { return }
      let isSent = await send(spans, to: endpoint)
      traces.count(spans.count, areSent: isSent)
      guard isSent else { return logger.debug("the collector took no traces") }
    }
  }

  private func send(_ spans: [TraceSpan], to endpoint: String) async -> Bool {
    var request = HTTPClientRequest(url: endpoint + "/v1/traces")
    request.method = .POST
    request.headers = ["content-type": "application/json", "user-agent": "cordon"]
    request.body = .bytes(ByteBuffer(bytes: spans.body(of: settings.service)))
    do {
      let response = try await client.execute(request, timeout: .seconds(5))
      _ = try await response.body.collect(upTo: 1 << 16)
      return (200..<300).contains(response.status.code)
    } catch {
      return false
    }
  }
}
