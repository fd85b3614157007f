import Providers

extension UseCase {
  /// Why a request may not go out under this use case, whatever it says; nil when it may.
  func refusal(of request: ModelRequest, with statement: CallerStatement) -> Refusal? {
    if let part = request.uninspectable.first(where: { !passesUninspected.contains($0.reason) }) {
      return Refusal(
        .uninspectableContent, "`\(part.path)` cannot be searched for identifiers (\(part.reason.rawValue))")
    }
    if statement.known != nil, !acceptsKnown {
      return Refusal(.knownNotAccepted, "use case `\(id)` takes no known identifiers")
    }
    if let missing = missing(in: statement.parties) {
      return Refusal(.partyRequired, "use case `\(id)` wants to know the \(missing.rawValue)")
    }
    let mayBeKept = request.operation == .responses && kept != nil
    if request.storage == .asked, !mayBeKept { return Refusal(.keptByVendor, "`store` is true") }
    if request.previousResponse != nil, !mayBeKept {
      return Refusal(.keptByVendor, "`previous_response_id` is given")
    }
    if request.conversation != nil {
      // Every request changes it, also one that comes by another way: nobody could say what its tokens stand for.
      return Refusal(.keptByVendor, "`conversation` is given")
    }
    if let path = request.kept {
      return Refusal(.keptByVendor, "`\(path)` names what the vendor keeps, or has it keep more")
    }
    if request.runsInBackground, !keeps(request) { return Refusal(.keptByVendor, "`background` is true") }
    if !request.vendorTools.allSatisfy(allowsVendorTool) {
      return Refusal(.vendorTool, "`tools` names one that the vendor runs, and use case `\(id)` does not allow it")
    }
    return nil
  }

  /// Whether the vendor is to keep what a request asks for.
  func keeps(_ request: ModelRequest) -> Bool {
    guard request.operation == .responses, let kept else { return false }
    switch request.storage {
    case .asked: return true
    case .unsaid: return kept.takesCustom
    case .declined: return false
    }
  }

  /// Whether requests may offer the model a tool of this kind, such as `web_search` or `bash_20250124`.
  private func allowsVendorTool(_ kind: String) -> Bool {
    var name = kind[...]
    if let mark = kind.lastIndex(of: "_"), kind[mark...].utf8.count == 9,
      kind[mark...].dropFirst().allSatisfy(\.isNumber)
    {
      name = kind[..<mark]
    }
    return Self.toolsOfCallers.contains(String(name)) || vendorTools.contains(String(name))
      || vendorTools.contains(kind)
  }

  /// Tools that vendors define and callers run, as of 2026-11-21.
  private static let toolsOfCallers: Set<String> = [
    "apply_patch", "bash", "computer", "computer_use_preview", "local_shell", "memory", "str_replace_based_edit_tool",
    "text_editor",
  ]
}
