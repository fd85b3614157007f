import Gateway
import Synchronization

/// A vendor that answers when the test lets it, and knows in which order it was asked.
final class HeldVendor: ModelEndpoint {
  private let state = Mutex<(asked: [String], waiting: [CheckedContinuation<Void, Never>])>(([], []))

  var asked: [String] { state.withLock(\.asked) }

  func send(_ request: OutboundRequest) async throws(VendorFailure) -> VendorAnswer {
    let text = ScriptedVendor.lastContent(of: request)
    await withCheckedContinuation { wake in
      state.withLock { state in
        state.asked.append(text)
        state.waiting.append(wake)
      }
    }
    return ScriptedVendor.whole(saying: text)
  }

  /// Lets the one that has waited longest be answered.
  func release() { state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }?.resume() }
}

/// Waits until something is so.
func reached(_ condition: () -> Bool) async {
  while !condition() { try? await Task.sleep(for: .milliseconds(1)) }
}

extension TestBench {
  /// How many requests of a priority wait for the vendor `mock`.
  func waiting(_ priority: String) -> Int {
    sample("cordon_vendor_priority_requests{vendor=\"mock\",priority=\"\(priority)\",state=\"waiting\"}")
  }

  /// The value of a sample of `/metrics`; 0 where there is none.
  func sample(_ name: String) -> Int {
    let line = metrics.split(separator: "\n").first { $0.hasPrefix(name + " ") }
    return line.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
  }
}
