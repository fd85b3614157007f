internal import Bytes
internal import PHI

extension TokenMap {
  /// All that it knows, to be sealed where a vendor works by and by: it holds what the tokens stand for.
  package var bytes: [UInt8] {
    var fields = ByteFields()
    eachToken { token, value, isWithdrawn in
      fields.append(token.key)
      fields.append(UInt64(token.check) << 1 | (isWithdrawn ? 1 : 0))
      fields.append([UInt8](copying: value))
    }
    return fields.bytes
  }

  /// The map that these bytes were made of; nil when there is none.
  package init?(bytes: [UInt8]) {
    self.init()
    var fields = ByteFieldReader(bytes)
    while !fields.isAtEnd {
      guard let key = fields.number(), let state = fields.number(), let value = fields.next(),
        let check = UInt16(exactly: state >> 1), let token = SessionToken(key: key, check: check)
      else { return nil }
      _ = add(token, standingFor: value.span)
      if state & 1 == 1 { withdraw(token.identifier, index: token.index, form: token.form) }
    }
  }
}
