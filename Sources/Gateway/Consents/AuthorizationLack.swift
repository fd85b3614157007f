import Ledger

/// Why no authorization of a patient covers a use.
///
/// It is for the log, and for who keeps the register: a caller is told that none does.
package enum AuthorizationLack: String, Hashable, Sendable, CaseIterable {
  /// There was never one for this recipient and purpose.
  case absent = "authorization_absent"
  /// The patient has revoked it.
  case revoked = "authorization_revoked"
  /// The event has come with which it expires.
  case event = "authorization_over_by_event"
  /// Something in it is known to be false.
  case `false` = "authorization_false"
  /// A newer version of its source says something else.
  case superseded = "authorization_superseded"
  /// Its last day is over.
  case expired = "authorization_expired"
  /// Its first day is still to come.
  case early = "authorization_not_begun"
  /// It is about less than the request holds.
  case narrower = "authorization_narrower"

  /// What the log calls it.
  var name: ConfiguredName? { ConfiguredName(rawValue) }

  /// The same in words.
  package var words: String {
    switch self {
    case .absent: "the patient has authorized nothing for this vendor and this purpose"
    case .revoked: "the patient's authorization was revoked"
    case .event: "the patient's authorization has expired with its event"
    case .false: "the patient's authorization is known to be false"
    case .superseded: "the patient's authorization is superseded"
    case .expired: "the patient's authorization has expired"
    case .early: "the patient's authorization is not in force yet"
    case .narrower: "the patient's authorization is not about all that the request holds"
    }
  }
}

extension ConsentRecord.Ending {
  /// What an authorization lacks that ended so.
  var lack: AuthorizationLack {
    switch self {
    case .revoked: .revoked
    case .event: .event
    case .false: .false
    case .superseded: .superseded
    }
  }
}
