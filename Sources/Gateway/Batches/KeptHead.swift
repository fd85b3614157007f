import Bytes
import Ledger
import Providers
import Vault

/// What is kept of a file or a batch as a whole: where it is, and what its caller is shown of it.
struct KeptHead: Sendable, Hashable {
  /// What it is.
  enum Role: String, Sendable, Hashable {
    /// A file that the caller has handed over.
    case input
    /// A file that a batch has made.
    case output
    case batch
  }

  var role: Role
  /// What the vendor calls it.
  var id: String
  /// The name of the vendor that keeps it.
  var vendor: String
  /// What its requests ask for.
  var operation: Operation
  /// Which models they ask.
  var models: [ModelName]
  /// The file or the batch with which the requests are kept.
  var requests: String
  /// What the caller is shown in the place of what the vendor has: a file's name, a batch's metadata.
  var shown: JSONValue = .null
  /// What the vendor said of it when it was made.
  var object: JSONValue = .null

  /// What its requests hold together; nil of what was kept by a gateway that did not say it.
  var held: HeldFacts?

  /// What the log calls it, and when the keeping of it ends; known of what is kept.
  var record: KeptRecord?

  var kind: KeptObject.Kind {
    switch role {
    case .input, .output: .file
    case .batch: operation.dialect == .openAI ? .batch : .messageBatch
    }
  }

  /// What stands behind an id for its requests; no vendor's id has it.
  static let requestsMark = "/requests"

  /// The head as bytes to be sealed.
  var bytes: [UInt8] {
    let value: JSONValue = [
      "role": .string(role.rawValue), "id": .string(id), "vendor": .string(vendor),
      "operation": .string(operation.rawValue), "models": .array(models.map { .string($0.description) }),
      "requests": .string(requests), "shown": shown, "object": object, "held": held?.json ?? .null,
    ]
    return value.bytes
  }

  /// The head that something opened says; nil when it says none.
  init?(_ opened: KeptMaps.Opened) {
    guard let value = try? JSONValue(parsing: opened.map), let role = value["role"]?.string.flatMap(Role.init),
      let id = value["id"]?.string, let vendor = value["vendor"]?.string,
      let operation = value["operation"]?.string.flatMap(Operation.init(rawValue:)),
      let models = value["models"]?.array?.compactMap({ $0.string.flatMap(ModelName.init) }), !models.isEmpty,
      let requests = value["requests"]?.string
    else { return nil }
    self.init(
      role: role, id: id, vendor: vendor, operation: operation, models: models, requests: requests,
      shown: value["shown"] ?? .null, object: value["object"] ?? .null, held: HeldFacts(value["held"]),
      record: opened.record)
  }

  init(
    role: Role, id: String = "", vendor: String, operation: Operation, models: [ModelName], requests: String = "",
    shown: JSONValue = .null, object: JSONValue = .null, held: HeldFacts? = nil, record: KeptRecord? = nil
  ) {
    self.role = role
    self.id = id
    self.vendor = vendor
    self.operation = operation
    self.models = models
    self.requests = requests
    self.shown = shown
    self.object = object
    self.held = held
    self.record = record
  }

  /// What the caller is shown of it, when its vendor says `object` of it.
  func answer(saying object: VendorObject) -> JSONValue {
    var object = object
    switch role {
    case .input: object["filename"] = shown
    case .output: break
    case .batch where operation.dialect == .openAI: object["metadata"] = shown
    case .batch:
      // The address at which the vendor has the results is not the caller's.
      if object["results_url"].map({ $0 != .null }) == true {
        object["results_url"] = .string("/v1/messages/batches/\(id)/results")
      }
    }
    return object.value
  }
}
