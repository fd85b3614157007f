package import Bytes
import Ciphers
package import Ledger

/// What the log has about one request: who asked for what, what was decided by which rule, what went where, how it
/// ended.
///
/// It holds what entries hold, and so no PHI: names from the configuration, pseudonyms, counts, hashes.
package struct Explanation: Sendable {
  /// The request.
  package let request: RequestID
  /// Its entries, the oldest first.
  private let entries: [(index: UInt64, entry: JSONValue)]
  /// What the registry says today of the agreement that the entries name.
  private let standing: String?

  /// What the logs of a data directory have about a request, as their keys signed them; nil when they have nothing.
  package init?(of request: RequestID, in logs: [KeyedLog], data: String) throws {
    var query = SearchQuery()
    query.request = request
    // One replica carries a request, and so one of the logs has all of it.
    var found: [StoredEntry] = []
    for log in logs where found.isEmpty {
      // The log itself and not its index, which is under no seal: from that somebody could take an entry away.
      guard var reader = try log.reader() else { continue }
      while found.count < 64, let entry = try reader.next(fitting: query) { found.append(entry) }
    }
    guard !found.isEmpty else { return nil }
    var entries: [(index: UInt64, entry: JSONValue)] = []
    for entry in found { entries.append((entry.index, try JSONValue(parsing: entry.json))) }
    self.request = request
    self.entries = entries
    standing = Self.standing(of: entries.map(\.entry), data: data)
  }

  /// The value of a member in the first entry that has it.
  private func first(_ member: String) -> JSONValue? { entries.lazy.compactMap { $0.entry[member] }.first }

  /// The entry of an event; the last where there are several.
  private func entry(_ event: Event) -> JSONValue? {
    entries.last { $0.entry["event"]?.string == event.rawValue }?.entry
  }

  private var opened: JSONValue? { entry(.requestOpened) }
  private var closed: JSONValue? { entry(.requestClosed) }
  private var refused: JSONValue? { entry(.requestRefused) }

  /// What was decided: whether it was sent, by which rule it was refused or stopped, and what would change that.
  package var decision: (what: String, rule: String?, paragraph: String?, help: String?) {
    let rule = (refused ?? closed)?["rule"]?.string
    let known = rule.flatMap(Refusal.Rule.init(rawValue:))
    let what =
      refused != nil && opened == nil
      ? "refused, nothing was sent"
      : rule != nil && closed?["outcome"]?.string == Outcome.withheld.rawValue ? "allowed, then stopped" : "allowed"
    return (what, rule, known?.paragraph, known?.help)
  }

  /// What is wrong with the patient's authorization that it was refused for.
  private var lack: AuthorizationLack? { refused?["object"]?.string.flatMap(AuthorizationLack.init(rawValue:)) }

  /// How it ended.
  package var ending: String {
    if refused != nil, opened == nil { return "refused" }
    guard let closed else { return opened == nil ? "nothing is known of it" : "open: the log has no end of it" }
    return closed["outcome"]?.string ?? "unknown"
  }

  /// The explanation as JSON.
  package var json: JSONValue {
    var members: [JSONMember] = [JSONMember("request", .string(request.description))]
    func add(_ name: String, _ value: JSONValue?) { if let value { members.append(JSONMember(name, value)) } }
    for name in [
      "caller", "user", "client", "server", "use_case", "purpose", "operation", "vendor", "model", "region",
      "agreement", "agreement_digest", "route", "basis", "justification", "destination", "retention", "approval",
    ] { add(name, first(name)) }
    add("agreement_today", standing.map { .string($0) })
    let decision = decision
    add("decision", .string(decision.what))
    add("rule", decision.rule.map { .string($0) })
    add("reason", lack.map { .string($0.rawValue) })
    add("paragraph", decision.paragraph.map { .string($0) })
    add("what_would_change_it", decision.help.map { .string($0) })
    add("found", (opened ?? refused)?["identifiers"])
    add("known_identifiers", opened?["known_identifiers"])
    add("fields_dropped", opened?["fields_dropped"])
    add("elements_shared", opened?["elements_shared"])
    add("elements_dropped", opened?["elements_dropped"])
    add("lines", closed?["lines"] ?? opened?["lines"])
    add("restored", closed?["restored"])
    add("novel", closed?["identifiers"])
    add("ending", .string(ending))
    add("status", (closed ?? refused)?["status"])
    add("asked_at", first("time"))
    add("ended_at", closed?["time"])
    add("microseconds", closed?["microseconds"] ?? opened?["microseconds"])
    add("prompt_tokens", closed?["prompt_tokens"])
    add("completion_tokens", closed?["completion_tokens"])
    add("sent", opened?["sent"])
    add("received", closed?["received"])
    add("entries", .array(entries.map { .number(String($0.index)) }))
    return .object(members)
  }

  /// The explanation for a person.
  package var text: String {
    var lines: [String] = []
    func add(_ label: String, _ parts: String?...) {
      let said = parts.compactMap(\.self).joined(separator: ", ")
      if !said.isEmpty {
        lines.append(label + String(repeating: " ", count: max(1, 14 - label.utf8.count)) + said)
      }
    }
    func named(_ member: String, _ word: String) -> String? { first(member)?.string.map { "\(word) \($0)" } }
    add("request", request.description)
    add("asked by", first("caller")?.string, named("user", "for"), named("client", "from"), named("server", "at"))
    add("for", named("use_case", "use case"), named("purpose", "purpose"), named("operation", "operation"))
    add("vendor", first("vendor")?.string, named("model", "model"), named("region", "region"))
    add("agreement", first("agreement")?.string, standing)
    add("hash", first("agreement_digest")?.string)
    let basis = first("basis")?.string
    add(
      "route", first("route")?.string, basis.map { "basis \($0)" },
      basis.flatMap(LegalBasis.init(rawValue:)).map { "45 CFR \($0.paragraph)" }, first("justification")?.string)
    add("sent to", first("destination")?.string, named("retention", "retention"))
    add("approval", first("approval")?.string)
    let decision = decision
    add("decision", decision.what, decision.rule.map { "rule \($0)" }, decision.paragraph.map { "45 CFR \($0)" })
    add("because", lack?.words)
    add("to change it", decision.help)
    add("found", Self.counts((opened ?? refused)?["identifiers"]) ?? (opened == nil ? nil : "no identifier"))
    add("known", opened?["known_identifiers"]?.integer.map { "\($0) values that the caller handed over" })
    add("dropped", opened?["fields_dropped"]?.integer.map { "\($0) fields outside of the contract" })
    if let shared = opened?["elements_shared"]?.integer, let dropped = opened?["elements_dropped"]?.integer {
      let part = shared + dropped == 0 ? 100 : (100 * shared + (shared + dropped) / 2) / (shared + dropped)
      add("elements", "\(shared) of \(shared + dropped) elements of FHIR resources were shared (\(part) %)")
    }
    add("lines", (closed?["lines"] ?? opened?["lines"])?.integer.map { "\($0) of a batch" })
    add("restored", Self.counts(closed?["restored"]))
    add("novel", Self.counts(closed?["identifiers"]).map { "\($0), that nobody had given" })
    add("asked", first("time")?.string)
    add("ended", closed?["time"]?.string, ending, (closed ?? refused)?["status"]?.integer.map { "status \($0)" })
    add("took", Self.times(closed?["microseconds"] ?? opened?["microseconds"]))
    add(
      "tokens", closed?["prompt_tokens"]?.integer.map { "\($0) in the prompt" },
      closed?["completion_tokens"]?.integer.map { "\($0) in the answer" })
    add("sent", opened?["sent"]?.string)
    add("received", closed?["received"]?.string)
    add("entries", entries.map { String($0.index) }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }

  private static func counts(_ value: JSONValue?) -> String? {
    value?.members.flatMap { members in
      members.isEmpty ? nil : members.map { "\($0.name) \($0.value.integer ?? 0)" }.joined(separator: ", ")
    }
  }

  private static func times(_ value: JSONValue?) -> String? {
    value?.members?.map { "\($0.name) \($0.value.integer ?? 0) us" }.joined(separator: ", ")
  }

  /// What the registry has under the agreement's name today: the same terms, others, or nothing.
  private static func standing(of entries: [JSONValue], data: String) -> String? {
    guard let name = entries.lazy.compactMap({ $0["agreement"]?.string }).first,
      let list = try? AgreementRegistry.list(at: "\(data)/\(AgreementRegistry.file)"),
      let entry = list.entries.first(where: { $0.agreement.id.name == name })
    else { return nil }
    let agreement = entry.agreement
    let term = "\(agreement.begins) to \(agreement.terminated.map { "\($0), terminated" } ?? "\(agreement.expires)")"
    guard let digest = entries.lazy.compactMap({ $0["agreement_digest"]?.string }).first else { return term }
    let isSame = agreement.digest(of: entry.vendor).description == digest
    return term + (isSame ? "" : ", with other terms today")
  }
}
