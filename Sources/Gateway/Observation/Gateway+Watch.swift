package import Ledger
package import Logging

extension Gateway {
  /// Looks at an entry that is in the log: how often keys are used, and how long a request's text was in the clear.
  func watch(_ entry: Entry) {
    switch entry.event {
    case .requestOpened:
      if let caller = entry.caller { keyUse.used(by: caller, at: entry.time.milliseconds) }
    case .requestRefused:
      guard let least = configuration.alerts.refusals,
        let rule = entry.rule.flatMap({ Refusal.Rule(rawValue: $0.description) }), rule.severity >= least,
        let alert = Alert(refusal: entry)
      else { break }
      keyUse.noticed(alert, at: clock.wall())
    case .modelChanged: keyUse.noticed(Alert(modelChange: entry), at: clock.wall())
    case .requestClosed: security.recordClear(microseconds: entry.microseconds.values.reduce(0, +))
    default: break
    }
  }

  /// Notices that something happened that a rule is about; the alert is raised within a second.
  func notice(_ rule: Alert.Rule, caller: ConfiguredName? = nil, client: ConfiguredName? = nil) {
    keyUse.noticed(Alert(rule, caller: caller, client: client), at: clock.wall())
  }

  /// Raises the alerts that wait: a count, a line of the process's own log and an entry for each.
  package func raiseAlerts(_ logger: Logger) async throws(LedgerError) {
    var waiting = keyUse.take()[...]
    for alert in waiting where !alert.isTold {
      security.countAlert(alert.rule)
      logger.critical("alert `\(alert.rule.rawValue)`: \(alert.sentence)")
    }
    while let alert = waiting.first {
      do throws(LedgerError) {
        try await record(alert.entry(at: clock.timestamp))
      } catch {
        // They were told; the log has them when it can be written again.
        keyUse.putBack(waiting.map(\.told))
        throw error
      }
      waiting.removeFirst()
    }
  }
}
