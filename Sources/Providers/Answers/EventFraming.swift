import Bytes

/// Cuts the bytes of an event stream into events, wherever the network has cut them.
///
/// An event ends with an empty line; a line ends with LF, CR LF or CR (WHATWG HTML, section 9.2).
struct EventFraming: Sendable {
  private var buffer: [UInt8] = []
  /// Where the event that is being read begins.
  private var start = 0
  /// Where its last line begins.
  private var lineStart = 0
  private var scanned = 0

  /// How many bytes wait for the end of their event.
  var waiting: Int { buffer.count - start }

  mutating func append(_ bytes: Span<UInt8>) {
    buffer.removeSubrange(..<start)
    lineStart -= start
    scanned -= start
    start = 0
    buffer.append(copying: bytes)
  }

  /// The next event, its empty line included; nil when its end has not come yet.
  mutating func next() -> [UInt8]? {
    while scanned < buffer.count {
      let byte = buffer[scanned]
      guard ASCII.isNewline(byte) else {
        scanned += 1
        continue
      }
      // The next byte decides whether a carriage return ends the line alone.
      if byte == 0x0D, scanned + 1 == buffer.count { return nil }
      let isEmpty = scanned == lineStart
      scanned += byte == 0x0D && buffer[scanned + 1] == 0x0A ? 2 : 1
      lineStart = scanned
      if isEmpty { return take(to: scanned) }
    }
    return nil
  }

  /// What is left when the stream has ended; nil when nothing is.
  mutating func rest() -> [UInt8]? {
    if let event = next() { return event }
    return waiting > 0 ? take(to: buffer.count) : nil
  }

  private mutating func take(to end: Int) -> [UInt8] {
    let event = Array(buffer[start..<end])
    start = end
    scanned = end
    lineStart = end
    return event
  }
}
