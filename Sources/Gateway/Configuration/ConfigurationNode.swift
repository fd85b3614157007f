import PHI
import Yams

/// A place in a YAML document that knows its line and its path, so that every mistake can be named.
struct ConfigurationNode {
  let node: Node
  let path: String

  /// The root of a document.
  init(yaml: String) throws(ConfigurationError) {
    do {
      guard let root = try Yams.compose(yaml: yaml) else {
        throw ConfigurationError(.missing, at: "listen", line: 1)
      }
      node = root
      path = ""
    } catch let error as ConfigurationError {
      throw error
    } catch let error as YamlError {
      throw ConfigurationError(
        error.duplicateKey == nil ? .notYAML : .duplicate, at: error.duplicateKey ?? "", line: error.line)
    } catch {
      throw ConfigurationError(.notYAML, at: "", line: nil)
    }
  }

  private init(node: Node, path: String) {
    self.node = node
    self.path = path
  }

  /// A mistake at this place.
  func error(_ code: ConfigurationError.Code) -> ConfigurationError {
    ConfigurationError(code, at: path, line: node.mark?.line)
  }

  /// The members of a mapping, after a check that it has no keys but `allowed`.
  func members(_ allowed: String...) throws(ConfigurationError) -> ConfigurationMembers { try members(allowed) }

  /// The same with the keys as a list.
  func members(_ allowed: [String]) throws(ConfigurationError) -> ConfigurationMembers {
    guard case .mapping(let mapping) = node else { throw error(.wrongForm(expected: "a mapping")) }
    var members: [String: ConfigurationNode] = [:]
    for (key, value) in mapping {
      guard let name = key.scalar?.string, allowed.contains(name) else {
        let place = ConfigurationNode(node: key, path: child(key.scalar?.string.prefix(40) ?? "?"))
        throw place.error(.unknownKey(allowed: allowed))
      }
      members[name] = ConfigurationNode(node: value, path: child(name))
    }
    return ConfigurationMembers(owner: self, members: members)
  }

  /// The members of a mapping whose keys are names of the operator's own.
  func pairs() throws(ConfigurationError) -> [(name: String, value: ConfigurationNode)] {
    guard case .mapping(let mapping) = node else { throw error(.wrongForm(expected: "a mapping")) }
    var pairs: [(name: String, value: ConfigurationNode)] = []
    for (key, value) in mapping {
      guard let name = key.scalar?.string else { throw error(.wrongForm(expected: "a mapping with names for keys")) }
      pairs.append((name, ConfigurationNode(node: value, path: child(name.prefix(40)))))
    }
    return pairs
  }

  /// The elements of a sequence.
  func elements() throws(ConfigurationError) -> [ConfigurationNode] {
    guard case .sequence(let sequence) = node else { throw error(.wrongForm(expected: "a list")) }
    return sequence.enumerated().map { ConfigurationNode(node: $1, path: "\(path)[\($0)]") }
  }

  /// The text of a scalar.
  func text() throws(ConfigurationError) -> String {
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else { throw error(.wrongForm(expected: "text")) }
    return scalar.string
  }

  /// A whole number within `range`.
  func integer(in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
    guard case .scalar(let scalar) = node, let number = Int(scalar.string), range.contains(number) else {
      throw error(.wrongForm(expected: "a whole number from \(range.lowerBound) to \(range.upperBound)"))
    }
    return number
  }

  /// `true` or `false`, and nothing else that YAML 1.1 takes for it.
  func boolean() throws(ConfigurationError) -> Bool {
    switch node.scalar?.string {
    case "true": true
    case "false": false
    default: throw error(.wrongForm(expected: "`true` or `false`"))
    }
  }

  /// A day.
  func date() throws(ConfigurationError) -> CalendarDate {
    guard let date = CalendarDate(try text()) else { throw error(.wrongForm(expected: "a date such as 2026-01-31")) }
    return date
  }

  /// A name.
  func id<Owner>() throws(ConfigurationError) -> ConfiguredID<Owner> {
    guard let id = ConfiguredID<Owner>(try text()) else {
      throw error(.wrongForm(expected: "1 to 64 letters, digits, `.`, `_` or `-`"))
    }
    return id
  }

  private func child(_ name: some StringProtocol) -> String {
    path.isEmpty ? String(name) : "\(path).\(name)"
  }
}

/// The members of a YAML mapping.
struct ConfigurationMembers {
  let owner: ConfigurationNode
  let members: [String: ConfigurationNode]

  /// The member with this name, or nil.
  subscript(name: String) -> ConfigurationNode? { members[name] }

  /// The member with this name; its absence is a mistake.
  func required(_ name: String) throws(ConfigurationError) -> ConfigurationNode {
    guard let member = members[name] else {
      let path = owner.path.isEmpty ? name : "\(owner.path).\(name)"
      throw ConfigurationError(.missing, at: path, line: owner.node.mark?.line)
    }
    return member
  }
}

extension YamlError {
  fileprivate var line: Int? {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
    case .duplicatedKeysInMapping(_, let context): context.mark.line
    default: nil
    }
  }

  fileprivate var duplicateKey: String? {
    if case .duplicatedKeysInMapping(let keys, _) = self { keys.first } else { nil }
  }
}
