/// A form of a person's name.
package enum PersonForm: String, CaseIterable, Sendable {
  case full, fullm, first, last, middle, nick, initials, finitial, firstl, any, inverted, caps, upperlast, upperinv, hl7
  case x12, snake, spelled, lower, user, email
}

/// A word about a person that identifies nobody.
package enum AboutForm: String, CaseIterable, Sendable {
  case he, him, his, man, male, sex, mr, son, boy
  case He, His
}
