extension PolicyText {
  /// Checks that who reads the set sees all of it: outside of strings nothing stands in it that a screen does not show, or
  /// that turns what it shows around.
  ///
  /// What strings hold is shown to approvers with its escapes (`PolicySuccession.lines`).
  ///
  /// - Parameter isProposed: whether somebody is to approve the set. One that is only loaded may have in comments what a
  ///   letter or a picture is written with: variation selectors and joiners, which neither move nor turn anything.
  /// - Throws: `PolicyFault` with the line and the number of the first character that is not seen.
  package func checkVisible(isProposed: Bool) throws(PolicyFault) {
    for (name, text) in [("policies", policies), ("schema", schema)] {
      guard let (line, scalar) = Self.hidden(in: text, isProposed) else { continue }
      let number = String(scalar.value, radix: 16, uppercase: true)
      let point = "U+" + String(repeating: "0", count: max(0, 4 - number.count)) + number
      throw PolicyFault("\(name): line \(line) has a character that is not seen (\(point)), outside of a string")
    }
  }

  /// The first such character and its line; nil when there is none.
  private static func hidden(in text: [UInt8], _ isProposed: Bool) -> (line: Int, scalar: Unicode.Scalar)? {
    var line = 1
    var isString = false
    var isComment = false
    var former: Unicode.Scalar = "\n"
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if former == "\r", scalar != "\n", !isString { return (line, former) }
      switch scalar {
      case "\n": (line, isComment) = (line + 1, false)
      case "\\" where isString && former == "\\":
        // It is escaped itself, and escapes nothing.
        former = " "
        continue
      case "\"" where !isComment: isString = isString ? former == "\\" : true
      case "/" where !isString && former == "/": isComment = true
      case _ where isComment && !isProposed && scalar.joins: break
      default: if !isString, scalar.isHidden, scalar != "\t", scalar != "\r" { return (line, scalar) }
      }
      former = scalar
    }
    return former == "\r" && !isString ? (line, former) : nil
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

  /// Whether it says how its neighbour looks: a variation selector or a zero-width joiner.
  fileprivate var joins: Bool { self == "\u{200D}" || properties.isVariationSelector }
}
