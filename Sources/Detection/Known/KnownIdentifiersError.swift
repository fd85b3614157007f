/// Why identifiers that a caller handed over were refused: a place and a reason, never a value.
package struct KnownIdentifiersError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Code: Hashable, Sendable {
    case wrongType(expected: String)
    case unknownMember(allowed: [String])
    case missing
    case notDate
    case unknownKind(allowed: [String])
    case tooShort
    case tooLong(limit: Int)
    case tooMany(limit: Int)
  }

  package var code: Code
  /// The way to the value, such as `people[0].names[1]`, without names that the sender made up; empty at the top.
  package var path: String

  package init(_ code: Code, at path: String) {
    self.code = code
    self.path = path
  }
}

extension KnownIdentifiersError: CustomStringConvertible {
  /// What is wrong and where.
  package var description: String {
    let place = path.isEmpty ? "known identifiers: " : "`\(path)`: "
    return place + reason
  }

  /// What is wrong, without the place.
  package var reason: String {
    switch code {
    case .wrongType(let expected): "must be \(expected)"
    case .unknownMember(let allowed): "has a member that is not one of \(KnownIdentifiersError.listed(allowed))"
    case .missing: "is missing"
    case .notDate: "must be a day such as 1961-03-14"
    case .unknownKind(let allowed): "must be one of \(KnownIdentifiersError.listed(allowed))"
    case .tooShort: "has fewer than 3 letters and digits"
    case .tooLong(let limit): "is longer than \(limit) bytes"
    case .tooMany(let limit): "is one value more than the \(limit) that are taken"
    }
  }

  private static func listed(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
}
