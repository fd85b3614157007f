/// How an event ended, in the four steps of DICOM and FHIR, whose codes are the raw values.
package enum AuditResult: String, Hashable, Sendable {
  case success = "0"
  case minorFailure = "4"
  case seriousFailure = "8"
  case majorFailure = "12"
}

/// Somebody or something that had a part in an event.
struct AuditParticipant: Hashable {
  enum Role { case source, destination, application, user, responsible }

  var role: Role
  var name: String
  /// The machine it was reached by, as the configuration names it.
  var machine: String?
  var isRequestor = false
}

extension AuditRecord {
  /// What kind of event it was.
  var nature: AuditNature { AuditNature(event) }

  /// How it ended: what the entry says of it, or what the event alone says.
  var result: AuditResult {
    if decision == Decision.deny.rawValue { return .seriousFailure }
    return switch ending {
    case nil, Outcome.completed.rawValue: nature.result
    case Outcome.clientDisconnected.rawValue: .minorFailure
    default: .seriousFailure
    }
  }

  /// Why it ended so, in the names of the entry; nil when it has none.
  var explanation: String? {
    let parts = [decision, rule, ending].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  /// Who had a part in it; one of them asked for it.
  ///
  /// Roles follow the data: what is sent goes from the application that called to the vendor, and what comes back goes
  /// from the vendor to the application.
  var participants: [AuditParticipant] {
    let returns = event == .requestClosed
    var all: [AuditParticipant] = []
    if let name = caller ?? client {
      all.append(AuditParticipant(role: returns ? .destination : .source, name: name, machine: client))
    }
    if let vendor { all.append(AuditParticipant(role: returns ? .source : .destination, name: vendor)) }
    all.append(AuditParticipant(role: .application, name: server ?? "cordon", machine: server))
    if let user { all.append(AuditParticipant(role: .user, name: user)) }
    all += people.map { AuditParticipant(role: .responsible, name: $0) }
    let requestor =
      all.firstIndex { $0.role == .user } ?? all.firstIndex { $0.role == .responsible }
      ?? all.firstIndex { $0.name == caller ?? client } ?? all.firstIndex { $0.role == .application }
    if let requestor { all[requestor].isRequestor = true }
    return all
  }
}
