import Bytes
import Synchronization

/// What the loopback model got, kept in memory for the demonstration to show.
final class SeenByModel: Sendable {
  private let last = Mutex<[UInt8]>([])

  /// Keeps the bytes of a request.
  func record(_ body: [UInt8]) { last.withLock { $0 = body } }

  /// The text of the last message of the last request.
  var text: String {
    let body = last.withLock { $0 }
    let messages = (try? JSONValue(parsing: body))?["messages"]?.array
    return messages?.last?["content"]?.string ?? ""
  }
}
