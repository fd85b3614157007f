/// Why an answer ended, in both dialects.
enum StopReason {
  /// What a chat answer says for a Messages answer's `reason`; nil when it has no word for it.
  static func chat(for reason: String) -> String? {
    switch reason {
    case "end_turn", "stop_sequence": "stop"
    case "max_tokens", "model_context_window_exceeded": "length"
    case "tool_use": "tool_calls"
    case "refusal": "content_filter"
    default: nil
    }
  }

  /// What a Messages answer says for a chat answer's `reason`; nil when it has no word for it.
  static func messages(for reason: String, calls: Bool, refuses: Bool) -> String? {
    switch reason {
    // Some servers say that an answer with calls just stopped.
    case "stop": refuses ? "refusal" : calls ? "tool_use" : "end_turn"
    case "length": "max_tokens"
    case "tool_calls": "tool_use"
    case "content_filter": "refusal"
    default: nil
    }
  }
}
