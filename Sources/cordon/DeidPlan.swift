import Deidentification
import PHI
import Yams

/// The plan of an expert's determination, read from YAML.
///
/// ```yaml
/// determination: ED-2026-003
/// expires: 2027-06-30
/// methods:
///   NAME: token
///   DATE: shift-weeks
///   AGE: age-band-5
/// ```
struct DeidPlan {
  let determination: ExpertDetermination
  let methods: [Identifier: Deidentification.Method]

  /// Reads the file at `path`; the first mistake is thrown with its line.
  init(contentsOf path: String) throws {
    guard let bytes = TextFile.contents(of: path) else {
      throw CommandFailure(.unreadableInput, "cannot read `\(path)`")
    }
    do {
      let root = try Yams.compose(yaml: String(decoding: bytes, as: UTF8.self))
      let members = try Self.members(of: root, allowed: ["determination", "expires", "methods"])
      guard let id = members["determination"]?.string, let expires = members["expires"]?.string,
        let day = CalendarDate(expires), let determination = ExpertDetermination(id, expires: day)
      else {
        throw Mistake("`determination` is an id and `expires` a day such as 2027-06-30", root)
      }
      self.determination = determination
      guard let plan = members["methods"] else { throw Mistake("`methods` is missing", root) }
      methods = try Self.methods(in: plan)
    } catch let mistake as Mistake {
      throw CommandFailure(.badConfiguration, "`\(path)`\(mistake.line.map { " line \($0)" } ?? ""): \(mistake.text)")
    } catch {
      throw CommandFailure(.badConfiguration, "`\(path)` is not YAML, or has a key twice")
    }
  }

  private struct Mistake: Error {
    let text: String
    let line: Int?

    init(_ text: String, _ node: Node?) {
      self.text = text
      line = node?.mark?.line
    }
  }

  /// Unknown keys are mistakes: a misspelt kind must not be taken for its absence.
  private static func members(of node: Node?, allowed: Set<String>) throws -> [String: Node] {
    guard let mapping = node?.mapping else { throw Mistake("a mapping is expected", node) }
    var members: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.string, allowed.contains(name) else {
        throw Mistake("unknown key, expected \(allowed.sorted().joined(separator: ", "))", key)
      }
      members[name] = value
    }
    return members
  }

  private static func methods(in node: Node?) throws -> [Identifier: Deidentification.Method] {
    var methods: [Identifier: Deidentification.Method] = [:]
    let labels = Set(Identifier.allCases.map(\.label))
    for (label, value) in try members(of: node, allowed: labels) {
      guard let identifier = Identifier(label: label), let method = value.string.flatMap({ Method($0) }) else {
        throw Mistake("unknown method for \(label)", value)
      }
      methods[identifier] = method
    }
    return methods
  }
}
