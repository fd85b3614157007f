import Ledger

/// Where a sink's records go, one stretch after another.
protocol LogDestination: Sendable {
  /// For how long records may have gone out without it being known whether they arrived.
  var settlingTime: Duration { get }
  /// Whether what went out since it was last settled may still arrive.
  var isIntact: Bool { get async }

  /// Lets records go out in their order.
  func send(_ records: [[UInt8]]) async throws
  /// Returns when everything that went out has arrived.
  func settle() async throws
  /// Gives up what is under way.
  func abandon() async
}

/// Records go to a receiver of syslog, connection after connection: the orderly end of each says that all of it arrived.
actor SyslogDestination: LogDestination {
  let settlingTime: Duration
  private let receiver: SyslogReceiver
  private let trust: SyslogTrust
  private var sender: SyslogSender?

  init(_ receiver: SyslogReceiver, _ trust: SyslogTrust, settlingTime: Duration) {
    self.receiver = receiver
    self.trust = trust
    self.settlingTime = settlingTime
  }

  var isIntact: Bool { sender.map(\.isOpen) ?? true }

  func send(_ records: [[UInt8]]) async throws {
    let sender: SyslogSender
    if let open = self.sender { sender = open } else { sender = try await SyslogSender(receiver, trust: trust) }
    self.sender = sender
    for record in records { try await sender.send(record) }
    try await sender.flush()
  }

  func settle() async throws {
    try await sender?.finish()
    sender = nil
  }

  func abandon() async {
    await sender?.abandon()
    sender = nil
  }
}

/// Records are lines of a file, on stable storage when they are sent.
struct FileDestination: LogDestination {
  let file: ExportFile

  // Moving the cursor synchronises as well, and the log has the same disk.
  var settlingTime: Duration { .seconds(1) }
  var isIntact: Bool { true }

  func send(_ records: [[UInt8]]) async throws { try file.append(records) }
  func settle() async throws {}
  func abandon() async {}
}
