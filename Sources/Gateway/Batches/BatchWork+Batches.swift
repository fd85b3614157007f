import Bytes
import Ciphers
import Ledger
import Providers
import Vault

extension BatchWork {
  /// Has the vendor carry out the requests of a file, which must be the caller's own.
  func createBatch() async throws(TurnedAway) -> Reply {
    let order = try await order()
    guard let file = try await head(.file, order.file), file.role == .input else { throw await unknown() }
    guard order.endpoint == file.operation.path || order.endpoint == file.operation.endpoint else {
      throw await reject("`endpoint` must be the `url` of the file's lines", param: "endpoint")
    }
    for model in file.models where !useCase.models.contains(model) {
      let refusal = Refusal(.modelNotAllowed, "use case `\(useCase.id)` does not allow the model")
      throw await refuse(refusal, model: model)
    }
    let requests = try await requests(of: file)
    let routes = try await routes(to: file, asking: requests.compactMap(\.parties.patient))
    try await checkRoom(for: requests)
    var members = [
      JSONMember("input_file_id", .string(file.id)), JSONMember("endpoint", .string(order.endpoint)),
      JSONMember("completion_window", .string(order.window)),
    ]
    if let seconds = lifetime(order.seconds, at: routes.first?.vendor) {
      members.append(JSONMember("output_expires_after", ["anchor": "created_at", "seconds": .integer(seconds)]))
    }
    let request = ResourceRequest(
      .createBatch, body: (JSONValue.object(members).bytes, "application/json"), version: call.version,
      requestID: call.requestID)
    let exchange = try await open(
      request, by: routes, on: file.record.flatMap { ConfiguredName($0.object) },
      found: BatchFindings(lines: requests.count), about: try await people(in: requests))
    let head = KeptHead(
      role: .batch, vendor: file.vendor, operation: file.operation, models: file.models, shown: order.metadata,
      held: file.held)
    return try await make(head, of: file.id, keeping: requests, in: exchange)
  }

  /// Hands a list of requests to a vendor of Anthropic's dialect, to be carried out by and by.
  func createMessageBatch() async throws(TurnedAway) -> Reply {
    let items: [BatchItem]
    do throws(BatchError) {
      items = try BatchItem.items(ofBody: call.body)
    } catch {
      throw await reject(error.description)
    }
    let batch = try await safe(items)
    try await checkRoom(for: batch.kept)
    let request = ResourceRequest(
      .createMessageBatch, body: (batch.body, "application/json"), version: call.version, requestID: call.requestID)
    let exchange = try await open(
      request, by: batch.routes, found: batch.found, about: KeptRequest.people(batch.kept, beside: parties))
    let head = KeptHead(
      role: .batch, vendor: exchange.vendor, operation: .messages, models: batch.routes.map(\.model),
      held: batch.held)
    return try await make(head, keeping: batch.kept, in: exchange)
  }

  /// What a caller says of a batch that is to be made.
  private struct Order {
    var file = ""
    var endpoint = ""
    var window = ""
    /// The caller's own; it stays here.
    var metadata = JSONValue.null
    var seconds: Int?
  }

  private func order() async throws(TurnedAway) -> Order {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: call.body)
    } catch {
      throw await reject(error.description)
    }
    guard let members = value.members else { throw await reject("the body must be an object") }
    var order = Order()
    for member in members {
      switch member.name {
      case "input_file_id": order.file = member.value.string ?? ""
      case "endpoint": order.endpoint = member.value.string ?? ""
      case "completion_window":
        guard let window = member.value.string, Self.isWindow(window) else {
          throw await reject("`completion_window` must be a number of hours or days, such as `24h`", param: member.name)
        }
        order.window = window
      case "metadata":
        guard member.value == .null || Self.isMetadata(member.value) else {
          throw await reject("`metadata` must have at most 16 texts", param: member.name)
        }
        order.metadata = member.value
      case "output_expires_after":
        guard let seconds = member.value["seconds"]?.integer, member.value["anchor"]?.string == "created_at",
          Self.lifetimes.contains(seconds)
        else { throw await reject("`output_expires_after` is none", param: member.name) }
        order.seconds = seconds
      default: throw await reject("the body has a member that a batch does not have")
      }
    }
    for (name, text) in [
      ("input_file_id", order.file), ("endpoint", order.endpoint), ("completion_window", order.window),
    ]
    where text.isEmpty { throw await reject("`\(name)` is missing or no text", param: name) }
    return order
  }

  private static func isWindow(_ text: String) -> Bool {
    (2...4).contains(text.utf8.count) && (text.hasSuffix("h") || text.hasSuffix("d"))
      && text.utf8.dropLast().allSatisfy(ASCII.isDigit)
  }

  /// OpenAI's bounds: 16 pairs of 64 and 512 characters.
  private static func isMetadata(_ value: JSONValue) -> Bool {
    guard let members = value.members, members.count <= 16 else { return false }
    return members.allSatisfy { $0.name.count <= 64 && $0.value.string.map { $0.count <= 512 } == true }
  }
}
