import Bytes
import Ciphers

/// Something that takes two people: what, to which object, how, and until when the second may agree.
///
/// Its bytes are compact JSON with the members in a fixed order; both people sign these bytes, each with words of their
/// own before them, so that the signature of one part is not one of the other.
package struct Proposal: Hashable, Sendable {
  /// What can be proposed.
  package enum Operation: String, Hashable, Sendable, CaseIterable {
    case rotateRoot = "rotate_root"
    case rotateTenant = "rotate_tenant"
    case retireTenant = "retire_tenant"
    case disable
    case enable
    case destroy
    case cancelDestruction = "cancel_destruction"
    case export
    case revealMany = "reveal_many"
    case unlock
    case addCustodian = "add_custodian"
    case removeCustodian = "remove_custodian"
    case setRoles = "set_roles"
    case placeHold = "place_hold"
    case releaseHold = "release_hold"
    case shred
    case purge
    case giveUpRoot = "give_up_root"
    case adoptPolicy = "adopt_policy"
  }

  /// Whose signature it is.
  package enum Part: String, Hashable, Sendable {
    case proposer
    case approver
  }

  /// The longest time that a proposal may wait for its second person.
  package static let longestValidity: Int64 = 7 * Moment.day
  private static let longest = 1 << 16

  /// What is to be done.
  package let operation: Operation
  /// What it is done to: a key id, a subject's tag, a person's name.
  package let object: String
  /// How, by name.
  package let parameters: [KeyContext.Pair]
  /// The vault that it is for.
  package let vault: String
  /// When it was made.
  package let made: Moment
  /// Until when it can be approved and carried out.
  package let expires: Moment
  /// What tells it from another of the same content: 32 hexadecimal digits.
  package let nonce: String

  /// A proposal with a fresh nonce.
  package init(
    _ operation: Operation, object: String, parameters: [String: String] = [:], vault: String, made: Moment,
    validFor milliseconds: Int64 = Moment.day, using generator: inout some RandomNumberGenerator
  ) {
    self.operation = operation
    self.object = object
    self.parameters = KeyContext(parameters).pairs
    self.vault = vault
    self.made = made
    expires = Moment(milliseconds: made.milliseconds + min(max(milliseconds, 0), Proposal.longestValidity))
    nonce = Hex.encode([UInt8](randomCount: 16, using: &generator))
  }

  /// The proposal that the bytes are; nil for any other bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count <= Proposal.longest, let json = try? JSONValue(parsing: bytes),
      let operation = json["operation"]?.string.flatMap(Operation.init(rawValue:)),
      let object = json["object"]?.string, let parameters = json["parameters"]?.members,
      let vault = json["vault"]?.string, let made = json["made"]?.integer, let expires = json["expires"]?.integer,
      let nonce = json["nonce"]?.string
    else { return nil }
    self.operation = operation
    self.object = object
    var pairs: [String: String] = [:]
    for member in parameters {
      guard let value = member.value.string else { return nil }
      pairs[member.name] = value
    }
    self.parameters = KeyContext(pairs).pairs
    self.vault = vault
    self.made = Moment(milliseconds: Int64(made))
    self.expires = Moment(milliseconds: Int64(expires))
    self.nonce = nonce
    // One proposal has one form, which a terminal shows as it is.
    guard self.bytes == bytes, isPrintable,
      case let (validity, isTooLong) = self.expires.milliseconds.subtractingReportingOverflow(self.made.milliseconds),
      !isTooLong, validity <= Proposal.longestValidity
    else { return nil }
  }

  /// The bytes that are signed and stored.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    JSONValue.object([
      JSONMember("cordon", .string("proposal 1")), JSONMember("operation", .string(operation.rawValue)),
      JSONMember("object", .string(object)),
      JSONMember("parameters", .object(parameters.map { JSONMember($0.name, .string($0.value)) })),
      JSONMember("vault", .string(vault)), JSONMember("made", .number(String(made.milliseconds))),
      JSONMember("expires", .number(String(expires.milliseconds))), JSONMember("nonce", .string(nonce)),
    ]).write(into: &bytes)
    return bytes
  }

  /// Whether object and parameters are visible ASCII, so that nothing in them changes what the approver sees.
  var isPrintable: Bool {
    let texts = [object] + parameters.flatMap { [$0.name, $0.value] }
    return texts.allSatisfy { $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } }
  }

  /// The name of the proposal: 32 hexadecimal digits of the hash of its bytes.
  package var id: String { Hex.encode(Array(Digest(hashing: bytes.span).bytes.prefix(16))) }

  /// The value of the parameter of this name.
  package subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

  /// What a person signs.
  func message(for part: Part) -> [UInt8] { Array("cordon vault \(part.rawValue) 1\n".utf8) + bytes }
}

extension Proposal.Operation {
  /// Who may take each part; nobody who is a log administrator as well.
  func allows(_ roles: Set<Role>, as part: Proposal.Part) -> Bool {
    guard !roles.contains(.logAdministrator) else { return false }
    let fit: Set<Role> =
      switch self {
      case .revealMany: part == .proposer ? [.revealer] : [.revealer, .auditor]
      case .placeHold, .releaseHold: [.auditor, .keyAdministrator]
      default: [.keyAdministrator]
      }
    return !roles.isDisjoint(with: fit)
  }
}
