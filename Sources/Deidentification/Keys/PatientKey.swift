internal import Ciphers
internal import PHI

/// The secret of one patient in one project: how far dates move, and which surrogates stand for which values.
package final class PatientKey: Sendable {
  private let draws: SecretBytes
  private let days: SecretBytes

  init(_ secret: consuming SecretBytes) {
    draws = secret.derived(for: "cordon deid v1 surrogates")
    days = secret.derived(for: "cordon deid v1 days")
  }

  /// By how many days dates move: up to 364, forward or back, never none; whole weeks if weekdays are kept.
  package func dayShift(keepingWeekdays: Bool) -> Int {
    var draw = KeyedDraw(Digest(authenticating: [], key: days))
    let farthest = keepingWeekdays ? 52 : 364
    let distance = Int.random(in: 1...farthest, using: &draw) * (keepingWeekdays ? 7 : 1)
    return Bool.random(using: &draw) ? distance : -distance
  }

  /// Random numbers that are the same each time for one value in one role.
  func draw(for value: [UInt8], role: String) -> KeyedDraw {
    KeyedDraw(Digest(authenticating: Array(role.utf8) + [0] + value, key: draws))
  }
}
