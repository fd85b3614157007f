import Synchronization

/// How a delivery of the log stands, for whoever asks while it goes on.
final class DeliveryState: Sendable {
  /// The numbers of a delivery.
  struct Numbers: Hashable, Sendable {
    /// How many of the log's first entries have arrived.
    var arrived: UInt64 = 0
    /// How often the delivery was given up, to be tried again.
    var failures: UInt64 = 0
    /// Whether it goes on.
    var isRunning = true
  }

  private let state = Mutex(Numbers())

  /// The numbers as they are now.
  var numbers: Numbers { state.withLock { $0 } }

  /// Changes the numbers.
  func change(_ change: (inout Numbers) -> Void) { state.withLock { change(&$0) } }
}
