package import Ledger
package import Logging
import Synchronization

/// The deliveries of a log to all of its sinks, from the start of the gateway until after the end of its log.
package final class LogDeliveries: Sendable {
  private struct Part: Sendable {
    let name: String
    let delivery: LogDelivery
    let state: DeliveryState
  }

  private let parts: [Part]
  private let size: @Sendable () -> UInt64
  private let tasks = Mutex<[Task<Void, Never>]>([])

  /// Deliveries of the log of a data directory, which has begun and has so many entries; certificates that cannot be read
  /// are an error.
  package init(
    to sinks: [LogSink], data: String, key: VerifierKey, size: @escaping @Sendable () -> UInt64, version: String,
    logger: Logger
  ) throws(DeliveryFailure) {
    var parts: [Part] = []
    for sink in sinks {
      let state = DeliveryState()
      let destination = try sink.destination()
      let delivery = LogDelivery(
        name: sink.id.name,
        feed: ExportFeed(
          data: data, key: key, exporter: Exporter(sink.format, version: version), form: sink.form, after: nil),
        kept: KeptCursor(data: data, sink: sink.id.recorded), destination: destination, state: state, logger: logger)
      parts.append(Part(name: sink.id.name, delivery: delivery, state: state))
    }
    self.parts = parts
    self.size = size
  }

  deinit { for task in tasks.withLock({ $0 }) { task.cancel() } }

  /// Begins to deliver, on threads that no request waits for.
  package func start() {
    let begun = parts.map { part in
      Task(executorPreference: BlockingThreads.shared) { await part.delivery.run() }
    }
    tasks.withLock { $0 += begun }
  }

  /// Delivers what is left and ends; what a sink has not taken by then it gets after the next start.
  package func end(within limit: Duration) async {
    for task in tasks.withLock({ $0 }) { task.cancel() }
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline, parts.contains(where: { $0.state.numbers.isRunning }) {
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  /// What Prometheus reads about them; nothing where there are none.
  func page() -> String {
    guard !parts.isEmpty else { return "" }
    let size = size()
    var page = MetricsPage()
    page.family(
      "cordon_log_sink_waiting_entries", .gauge, "Entries that are not known to have arrived at a sink of the log."
    ) { family in
      for part in parts {
        family.sample([("sink", part.name)], Int(clamping: size - min(size, part.state.numbers.arrived)))
      }
    }
    page.family("cordon_log_sink_arrived_entries", .gauge, "Entries that have arrived at a sink.") { family in
      for part in parts { family.sample([("sink", part.name)], Int(clamping: part.state.numbers.arrived)) }
    }
    page.family("cordon_log_sink_failures_total", .counter, "Times that a delivery to a sink was given up.") { family in
      for part in parts { family.sample([("sink", part.name)], Int(clamping: part.state.numbers.failures)) }
    }
    return page.text
  }
}

extension LogSink {
  fileprivate var form: ExportFeed.Form {
    switch target {
    case .syslog: .message
    case .file: .line
    }
  }

  /// Where its records go, once what its files hold was looked at.
  fileprivate func destination() throws(DeliveryFailure) -> any LogDestination {
    switch target {
    case .file(let path): return FileDestination(file: ExportFile(path))
    case .syslog(let receiver, let trust):
      if receiver.transport == .tls { _ = try trust.context() }
      return SyslogDestination(receiver, trust, settlingTime: .seconds(confirmSeconds))
    }
  }
}
