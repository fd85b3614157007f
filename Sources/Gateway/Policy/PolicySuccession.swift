package import Ciphers
import Policy
package import Vault

/// What it means to have a set of policies in force instead of another: what two people agree to.
///
/// All of it is worked out from the two sets, as the data directory keeps them under their hashes and the vault says which
/// of them is in force. What a proposal says is compared with it, and the second person is shown it: nobody agrees to the
/// words of the first.
package struct PolicySuccession: Sendable {
  /// The set that is to come.
  package let text: PolicyText
  private let formerDigest: Digest?
  private let former: PolicyText?
  private let before: PolicySet
  private let after: PolicySet

  /// What it means to adopt the set of a hash now.
  ///
  /// - Parameters:
  ///   - digest: the set that is to come.
  ///   - data: where the sets are kept.
  ///   - vault: what knows which is in force.
  /// - Throws: `PolicyFault` when one of the sets is not there or does not fit its schema; `VaultError` when nobody can say
  ///   which is in force.
  package init(to digest: Digest, data: String, _ vault: Vault) async throws {
    text = try PolicyInForce.kept(digest, data: data)
    try text.checkVisible(isProposed: true)
    after = try text.checked()
    formerDigest = try await vault.adoptedPolicies()?.digest
    former = try formerDigest.map { digest throws(PolicyFault) in try PolicyInForce.kept(digest, data: data) }
    before = try former?.checked() ?? PolicySet()
  }

  /// What a proposal says of it, which both sign.
  package var parameters: [String: String] {
    var parameters = [
      "policies": String(after.policies.count),
      PolicyAdoption.former: formerDigest?.description ?? PolicyAdoption.none,
    ]
    guard former != nil else { return parameters }
    let difference = before.difference(to: after)
    for (name, ids) in [
      ("added", difference.added), ("removed", difference.removed), ("changed", difference.changed),
    ]
    where !ids.isEmpty { parameters[name] = ids.map(\.string).joined(separator: " ") }
    let others = others.map(\.name)
    if !others.isEmpty { parameters["otherwise"] = others.joined(separator: " ") }
    return parameters
  }

  /// Checks that a proposal says what it means now.
  package func check(_ proposal: Proposal) throws(PolicyFault) {
    guard proposal[PolicyAdoption.former] == parameters[PolicyAdoption.former] else {
      throw PolicyFault("another set has come into force since it was proposed: propose it again")
    }
    let said = Dictionary(proposal.parameters.map { ($0.name, $0.value) }) { first, _ in first }
    guard said == parameters else {
      throw PolicyFault("the proposal does not say what the sets say: propose it again")
    }
  }

  /// What the second person has to see: each policy that comes, goes or is another, whole, and what else differs.
  ///
  /// What is no printable ASCII is written as its number: no letter of another alphabet passes for one of this.
  package var lines: [String] {
    let difference = before.difference(to: after)
    let (mine, theirs) = (before.byID, after.byID)
    var lines: [String] = []
    func add(_ mark: String, _ ids: [Text], _ statements: [Text: Statement]) {
      for id in ids {
        lines.append("\(mark) policy \(id)")
        lines += (statements[id]?.description ?? "").split(separator: "\n").map { "\(mark)   \($0)" }
      }
    }
    add("+", difference.added, theirs)
    add("-", difference.removed, mine)
    for id in difference.changed {
      add("-", [id], mine)
      add("+", [id], theirs)
    }
    for other in others {
      lines.append("! \(other.name)")
      for change in other.after.lines.difference(from: other.before.lines) {
        switch change {
        case .insert(_, let line, _): lines.append("+   \(line)")
        case .remove(_, let line, _): lines.append("-   \(line)")
        }
      }
    }
    if lines.isEmpty { lines.append("no policy is another") }
    return lines.map(\.plain)
  }

  /// What differs beside the policies.
  private var others: [(name: String, before: [UInt8], after: [UInt8])] {
    [("schema", former?.schema ?? [], text.schema), ("entities", former?.entities ?? [], text.entities ?? [])]
      .filter { $0.1 != $0.2 }
  }
}

extension [UInt8] {
  fileprivate var lines: [String] {
    split(separator: 0x0A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension String {
  /// The text as any terminal shows it, and as nothing but itself: what moves the cursor or is not to be seen is written out,
  /// and so is every letter that may look like another.
  fileprivate var plain: String {
    unicodeScalars.reduce(into: "") { plain, scalar in
      switch scalar.value {
      case 0x20...0x7E: plain.unicodeScalars.append(scalar)
      default: plain += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
  }
}
