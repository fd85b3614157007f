package import Vault

/// Bounds on what one client or one vendor can take from the gateway.
package struct Limits: Hashable, Sendable {
  /// The largest request body, in bytes.
  package var bodyBytes = 4 << 20
  /// The largest header section, in bytes.
  package var headerBytes = 32 << 10
  /// Client connections at one time; more wait in the kernel's queue.
  package var connections = 1024
  /// How long a client may take to send one request, in seconds.
  package var requestSeconds = 30
  /// How long a connection may rest between requests, in seconds.
  package var idleSeconds = 75
  /// The largest whole answer taken from a vendor, in bytes.
  package var answerBytes = 32 << 20
  /// How long a vendor may take to accept a connection, in seconds.
  package var connectSeconds = 10
  /// How long a vendor may be silent before or within an answer, in seconds.
  package var vendorSilenceSeconds = 120
  /// How long an answer may take from the request to its end, in seconds.
  package var answerSeconds = 1_800
  /// How long running answers may take to end after the gateway was told to stop, in seconds.
  package var drainSeconds = 30

  /// How much of what vendors keep, and of what it is to be answered later, one caller may have maps for.
  package var kept = KeptBounds(maps: 10_000, bytes: 256 << 20)

  /// How many requests may wait to be carried out later, and how many bytes they may have together.
  package var deferredRequests = 1_000
  package var deferredBytes = 64 << 20
  /// How many of them are carried out at one time.
  package var deferredAtOnce = 8

  /// The usual limits.
  package init() {}
}
