import Gateway
import PHI
import Vault

/// How old the keys are that anything hangs from, and which secrets should have been changed.
struct KeyAges {
  /// A key that is used, and how many days old its newest version is.
  struct Age {
    let key: String
    let days: Int64
  }

  let keys: [Age]
  let secrets: [DatedSecret]
  let policyDays: Int64
  let today: CalendarDate

  init(_ vault: Vault, _ place: VaultPlace, at now: Moment) async throws(VaultError) {
    var keys: [Age] = []
    for key in try vault.tenantKeys() where key.isActive || key.subjects > 0 {
      keys.append(Age(key: key.key.description, days: now.dayNumber - key.created.dayNumber))
    }
    // Not every provider says when a root key was made.
    if let root = try? await vault.describeRoot(), let made = root.rotated ?? root.created {
      keys.append(Age(key: "\(root.key)/\(root.version)", days: now.dayNumber - made.dayNumber))
    }
    self.keys = keys
    secrets = place.configuration?.datedSecrets ?? []
    policyDays = Int64(place.settings.rotateDays)
    today = CalendarDate(secondsSinceEpoch: now.milliseconds / 1000)
  }

  var oldest: Age? { keys.max { $0.days < $1.days } }

  /// What should have been done.
  var findings: [String] {
    keys.filter { $0.days >= policyDays }.map { "key \($0.key) is \($0.days) days old: the policy is \(policyDays)" }
      + secrets.filter { $0.isOverdue(on: today) }.map { secret in
        secret.due.map { "\(secret.name) should have been changed by \($0)" }
          ?? "\(secret.name): nothing says when it was changed"
      }
  }

  var lines: [String] {
    var lines: [String] = []
    if let oldest { lines.append("age        oldest key in use: \(oldest.key), \(oldest.days) days of \(policyDays)") }
    for secret in secrets {
      let changed = secret.changed.map { ", changed \($0)" } ?? ""
      lines.append("secret     \(secret.name)\(changed)\(secret.due.map { ", good until \($0)" } ?? "")")
    }
    return lines + findings.map { "FINDING    \($0)" }
  }
}
