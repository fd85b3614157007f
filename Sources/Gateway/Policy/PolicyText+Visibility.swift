extension PolicyText {
  /// Checks that who reads the set sees all of it: outside of strings nothing stands in it that a screen does not show, or
  /// that turns what it shows around.
  ///
  /// What strings hold is shown to approvers with its escapes (`PolicySuccession.lines`).
  package func checkVisible() throws(PolicyFault) {
    for (name, text) in [("policies", policies), ("schema", schema)] {
      guard let line = Self.hiddenLine(in: text) else { continue }
      throw PolicyFault("\(name): line \(line) has a character that is not seen, outside of a string")
    }
  }

  /// The first line that has such a character; nil when none has.
  private static func hiddenLine(in text: [UInt8]) -> Int? {
    var line = 1
    var isString = false
    var isComment = false
    var former: Unicode.Scalar = "\n"
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if former == "\r", scalar != "\n", !isString { return line }
      switch scalar {
      case "\n": (line, isComment) = (line + 1, false)
      case "\\" where isString && former == "\\":
        // It is escaped itself, and escapes nothing.
        former = " "
        continue
      case "\"" where !isComment: isString = isString ? former == "\\" : true
      case "/" where !isString && former == "/": isComment = true
      default: if !isString, scalar.isHidden, scalar != "\t", scalar != "\r" { return line }
      }
      former = scalar
    }
    return former == "\r" && !isString ? line : nil
  }
}

extension Unicode.Scalar {
  /// Whether it moves the cursor, turns the direction or takes no room.
  fileprivate var isHidden: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
    default: properties.isDefaultIgnorableCodePoint
    }
  }
}
