package import PHI

/// What stands for one spelling of one identifier while text is at a vendor: `NAME_1B_WXD`.
package struct SessionToken: Hashable, Sendable {
  /// What kind of identifier it stands for.
  package var identifier: Identifier
  /// Which person or value of that kind, from 1.
  package var index: UInt32
  /// Which spelling of it, from 0.
  package var form: UInt32
  /// Which of the 8,000 check letters.
  var check: UInt16

  init(identifier: Identifier, index: UInt32, form: UInt32, check: UInt16) {
    self.identifier = identifier
    self.index = index
    self.form = form
    self.check = check
  }

  /// The token as it is written.
  package var text: [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(TokenGrammar.longest)
    TokenGrammar.write(self, into: &output)
    return output
  }

  /// The token of this kind, index and form in one number.
  init?(key: UInt64, check: UInt16) {
    guard let identifier = UInt8(exactly: key >> 48).flatMap(Identifier.init(rawValue:)) else { return nil }
    self.init(
      identifier: identifier, index: UInt32(key >> 24 & 0xFF_FFFF), form: UInt32(key & 0xFF_FFFF), check: check)
  }

  /// Kind, index and form in one number.
  var key: UInt64 { SessionToken.key(identifier, index, form) }

  static func key(_ identifier: Identifier, _ index: UInt32, _ form: UInt32) -> UInt64 {
    UInt64(identifier.rawValue) << 48 | UInt64(index) << 24 | UInt64(form)
  }
}
