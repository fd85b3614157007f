/// A request about something that a vendor has already, by its address: to see it, to hand something over, or to delete it.
package struct ResourceRequest: Sendable {
  /// What is to be done.
  package enum Method: String, Hashable, Sendable {
    case get = "GET"
    case post = "POST"
    case delete = "DELETE"
  }

  package var method: Method
  /// The part of the address behind the version of the interface, such as `/responses/resp_1`; its segments are encoded.
  package var path: String
  /// What follows the path, each name and value as it is.
  package var query: [(name: String, value: String)]
  /// The body and what it is; nil when there is none.
  package var body: (bytes: [UInt8], type: String)?
  /// What the answer may be.
  package var accepting = "application/json"
  package var requestID: String
  package var version = InterfaceVersion()
  /// How long the answer may take to begin, in microseconds; nil leaves it to the endpoint.
  package var patience: Int64?
  /// The trace that the vendor is told of.
  package var trace: TraceContext?

  package init(
    _ method: Method, _ path: String, query: [(name: String, value: String)] = [],
    body: (bytes: [UInt8], type: String)? = nil, requestID: String
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.body = body
    self.requestID = requestID
  }

  /// The path with the query behind it, and what else the vendor's addresses have there.
  func target(adding others: [(name: String, value: String)] = []) -> String {
    let pairs = (query + others).map { "\(VendorAddressing.segment($0.name))=\(VendorAddressing.segment($0.value))" }
    return pairs.isEmpty ? path : "\(path)?\(pairs.joined(separator: "&"))"
  }
}

extension ResourceRequest {
  /// What of it leaves, by which the log knows it: its body, or else its method and its target.
  func leaving(for target: String) -> [UInt8] { body?.bytes ?? Array("\(method.rawValue) \(target)".utf8) }
}

extension ModelEndpoint {
  package func target(of request: ResourceRequest) -> String { request.target() }

  /// Vendors that keep nothing have nothing to see or to delete.
  package func send(_ request: ResourceRequest) async throws(VendorFailure) -> VendorAnswer {
    throw VendorFailure(.unreachable)
  }
}
