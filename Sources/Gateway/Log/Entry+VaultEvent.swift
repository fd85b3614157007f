package import Ledger
package import Vault

extension Entry {
  /// The entry that an event of the vault becomes; nil for one that the log has no name for.
  ///
  /// What is announced and not done yet has `announced` for its rule. The request is the event's own id, by which an
  /// event is found that is in the log already.
  package init?(_ event: VaultEvent) {
    guard let kind = Event(rawValue: event.name.rawValue) else { return nil }
    self.init(kind, at: Timestamp(milliseconds: event.time.milliseconds), request: RecordedEvents.request(of: event))
    object = event.object.flatMap { ConfiguredName($0) }
    people = event.people.compactMap { Pseudonym($0) }
    before = event.change.before
    after = event.change.after
    method = event.change.method.flatMap { DisposalMethod(rawValue: $0.rawValue) }
    approval = event.approval.flatMap { ConfiguredName($0) }
    justification = event.reason.flatMap { Justification($0) }
    let isAnnouncement = event.phase == .intent && event.name != .keyDestructionScheduled
    if isAnnouncement { rule = ConfiguredName("announced") }
    if event.name == .dataWiped, let parts = event.object?.split(separator: ":"), parts.count == 2 {
      // The subject's tag, and for how many microseconds something of its was in the clear.
      object = ConfiguredName(String(parts[0]))
      microseconds[.total] = Int(parts[1])
    }
    if let act = event.token { add(act) }
  }
}
