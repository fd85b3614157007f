package import Ledger

/// A name that the operator gave to a caller, a use case, a vendor or a region in the configuration.
///
/// It is written in log entries and metric labels, so its alphabet is small (`a-z A-Z 0-9 . _ -`) and its length at most
/// 64: enough for a name, too little for a sentence about a patient. `Owner` keeps a caller's name from being taken
/// for a vendor's.
package struct ConfiguredID<Owner>: Hashable, Sendable {
  /// The name as log entries carry it.
  package let recorded: ConfiguredName

  /// The id with this name, or nil if the name has another character or length than allowed.
  package init?(_ name: String) {
    guard name.utf8.count <= 64, name.utf8.allSatisfy(Self.isAllowed), let recorded = ConfiguredName(name) else {
      return nil
    }
    self.recorded = recorded
  }

  /// The name as it is written in the configuration.
  package var name: String { recorded.description }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

extension ConfiguredID: CustomStringConvertible {
  package var description: String { name }
}
