package import PHI

/// What a client's headers say of the interface that it speaks: Anthropic's `anthropic-version` and `anthropic-beta`.
///
/// Headers go to a vendor unsearched, and some features make the vendor keep data or talk to others. So a version is a day
/// and nothing else, and a feature passes only when it is known to be harmless, or the vendor's entry allows it.
package struct InterfaceVersion: Hashable, Sendable {
  /// The day of the interface, such as `2023-06-01`; nil when the client did not say.
  package private(set) var day: CalendarDate?
  /// The features that are asked for.
  package private(set) var features: [String] = []

  static let dayHeader = "anthropic-version"
  static let featuresHeader = "anthropic-beta"

  /// Nothing said.
  package init() {}

  /// The version that headers say; nil when the day is none of an interface that there can be.
  init?(day: String?, features: [String], today: CalendarDate) {
    if let day {
      guard let first = CalendarDate(year: 2023, month: 1, day: 1), let date = CalendarDate(day), first <= date,
        date <= today
      else { return nil }
      self.day = date
    }
    for name in features.flatMap({ $0.split(separator: ",") }) {
      let name = String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      if !name.isEmpty { self.features.append(name) }
    }
  }

  /// Whether each feature is harmless or among those that are allowed.
  func asksOnly(for allowed: Set<String>) -> Bool {
    features.allSatisfy { Self.harmless.contains($0) || allowed.contains($0) }
  }

  /// The features of Messages, as of 2026-11-21, that neither let the vendor keep anything for longer nor let it fetch
  /// from or send to anybody else.
  private static let harmless: Set<String> = [
    "cache-diagnosis-2026-04-07", "compact-2026-01-12", "compact-2026-09-04", "computer-use-2024-10-22",
    "computer-use-2025-01-24", "computer-use-2025-11-24", "context-1m-2025-08-07", "context-management-2025-06-27",
    "dev-full-thinking-2025-05-14", "fast-mode-2026-02-01", "inline-tools-2026-09-15",
    "interleaved-thinking-2025-05-14", "max-tokens-3-5-sonnet-2024-07-15", "message-batches-2024-09-24",
    "messages-2023-12-15", "mid-conversation-output-config-2026-07-01", "mid-conversation-system-clear-at-2026-08-21",
    "mid-conversation-tool-changes-2026-07-01", "model-context-window-exceeded-2025-08-26", "output-128k-2025-02-19",
    "output-300k-2026-03-24", "pdfs-2024-09-25", "prompt-caching-2024-07-31", "structured-outputs-2025-11-13",
    "task-budgets-2026-03-13", "thinking-binding-controls-2026-08-01", "thinking-display-updates-2026-08-18",
    "thinking-token-count-2026-05-13", "token-counting-2024-11-01", "token-efficient-tools-2025-02-19",
    "tools-2024-04-04", "tools-2024-05-16",
  ]
}
