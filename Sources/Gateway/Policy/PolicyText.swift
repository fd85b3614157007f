import Bytes
package import Ciphers
package import Policy
import Storage

/// A set of policies as it is written, with the schema that it fits and the entities that it knows: one version.
package struct PolicyText: Hashable, Sendable {
  package var policies: [UInt8]
  package var schema: [UInt8]
  /// As Cedar's JSON; nil for none.
  package var entities: [UInt8]?

  package init(policies: [UInt8], schema: [UInt8], entities: [UInt8]? = nil) {
    self.policies = policies
    self.schema = schema
    self.entities = entities
  }

  /// The set that Cordon brings along.
  package static let hospital = PolicyText(policies: HospitalPolicies.policies, schema: HospitalPolicies.schema)

  /// The set as one document, which its name is the digest of.
  package var document: [UInt8] {
    var members = [
      JSONMember("policies", .string(String(decoding: policies, as: UTF8.self))),
      JSONMember("schema", .string(String(decoding: schema, as: UTF8.self))),
    ]
    if let entities { members.append(JSONMember("entities", .string(String(decoding: entities, as: UTF8.self)))) }
    return JSONValue.object(members).bytes + [0x0A]
  }

  /// The set that a document holds; nil when it holds none.
  package init?(document: [UInt8]) {
    guard let value = try? JSONValue(parsing: document), let policies = value["policies"]?.string,
      let schema = value["schema"]?.string
    else { return nil }
    self.init(
      policies: Array(policies.utf8), schema: Array(schema.utf8),
      entities: value["entities"]?.string.map { Array($0.utf8) })
  }

  /// What the set is called wherever it is named.
  package var digest: Digest { Digest(hashing: document.span) }
}

extension PolicyText {
  /// The set that the settings name, of those that are in files.
  package static func read(_ settings: PolicySettings) throws(PolicyFault) -> PolicyText {
    let policies: [UInt8]
    switch settings.source {
    case .adopted, .hospital: policies = HospitalPolicies.policies
    case .path(let path): policies = try Self.policies(at: path)
    }
    let text = PolicyText(
      policies: policies, schema: try settings.schema.map(content) ?? HospitalPolicies.schema,
      entities: try settings.entities.map(content))
    try text.checkVisible(isProposed: false)
    return text
  }

  /// The policies of a file, or those of all files of a folder that end in `.cedar`, in the order of their names.
  private static func policies(at path: String) throws(PolicyFault) -> [UInt8] {
    guard let names = folderNames(path) else { return try content(path) }
    let files = names.filter { $0.hasSuffix(".cedar") }.sorted()
    guard !files.isEmpty else { throw PolicyFault("there is no file in `\(path)` that ends in `.cedar`") }
    var policies: [UInt8] = []
    for file in files { policies += try content("\(path)/\(file)") + [0x0A] }
    return policies
  }

  private static func content(_ path: String) throws(PolicyFault) -> [UInt8] {
    do throws(FileFault) {
      guard let content = try SmallFile.content(at: path) else { throw FileFault(number: 2) }
      guard String(validating: content, as: UTF8.self) != nil else { throw FileFault(number: 84) }
      // A byte order mark at its beginning is an editor's, and no part of the set.
      return content.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(content.dropFirst(3)) : content
    } catch {
      throw PolicyFault("`\(path)`: \(error)")
    }
  }
}

/// Why a set of policies was not taken; it names policies, files and places, never an entity's values.
package struct PolicyFault: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

extension PolicyText {
  /// The policies, read and named, where they fit their schema.
  package func checked() throws(PolicyFault) -> PolicySet {
    let schema = try PolicyFault.saying("schema") { () throws(PolicyError) in try Schema(source: self.schema) }
    return try PolicyFault.saying("policies") { () throws(PolicyError) in
      try PolicySet(source: policies).namedByAnnotation()
    }.fitting(schema)
  }

  /// Keeps the set in a data directory under its hash.
  package func keep(data: String) throws(PolicyFault) {
    do throws(FileFault) {
      try KeptVersions.policies(data: data).keep(document)
    } catch {
      throw PolicyFault("`\(data)/policies`: \(error)")
    }
  }
}

extension PolicySet {
  /// The set, where it fits a schema.
  fileprivate func fitting(_ schema: Schema) throws(PolicyFault) -> PolicySet {
    let faults = try PolicyFault.saying("policies") { () throws(PolicyError) in try Validator(schema).faults(in: self) }
    guard let fault = faults.first else { return self }
    throw PolicyFault("\(fault)\(faults.count > 1 ? ", and \(faults.count - 1) more" : "")")
  }
}

extension PolicyFault {
  /// What `body` gives, or the fault that says of what it is.
  static func saying<Value>(
    _ what: String, _ body: () throws(PolicyError) -> Value
  ) throws(PolicyFault) -> Value {
    do throws(PolicyError) { return try body() } catch { throw PolicyFault("\(what): \(error)") }
  }
}
