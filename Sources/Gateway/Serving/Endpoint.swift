import HTTPTypes
import HummingbirdCore
import Providers

/// What a path of the gateway serves.
enum Endpoint: Hashable {
  case operation(Operation)
  /// What can be asked at one path about files and batches, each by another method, with the id in the path.
  case batches([BatchOperation], id: String?)
  case models
  case model(String)
  case health
  case readiness
  case metrics
  case description
  case log(String)
  /// The tool server of this name.
  case tools(String)
  /// The answer of this name, which the vendor keeps.
  case response(String)
  /// Where identifiers of people are.
  case phiMap
  /// What the policies decide.
  case access(AccessEndpoint)
  /// Where that is asked.
  case accessMetadata
  /// The items that it was made from.
  case inputItems(String)
  /// The end of an answer that is being made in the background.
  case cancellation(String)
  /// The request of this name, which is carried out later.
  case deferred(String)

  /// Every endpoint; one that stands for many has the name of its parameter in braces.
  static let all: [Endpoint] =
    Operation.allCases.map(Endpoint.operation) + BatchOperation.paths.map { .batches($0, id: nil) }
    + [
      .response("{response}"), .inputItems("{response}"), .cancellation("{response}"), .deferred("{request}"), .models,
      .model("{model}"),
      .health, .readiness, .metrics,
      .description, .phiMap, .log("{file}"), .tools("{server}"), .accessMetadata,
    ] + AccessEndpoint.allCases.map(Endpoint.access)

  /// The endpoint at `path`; nil for a path that is none.
  init?(path: String) {
    if let (operations, id) = BatchOperation.at(path) {
      self = .batches(operations, id: id)
      return
    }
    if let model = path.rest(behind: "/v1/models/"), !model.isEmpty {
      guard let name = model.percentDecoded else { return nil }
      self = .model(name)
    } else if let answer = path.rest(behind: "/v1/responses/"), !answer.isEmpty {
      let parts = answer.split(separator: "/", omittingEmptySubsequences: false).map { String($0).percentDecoded }
      switch (parts.count, parts[0], parts.last ?? nil) {
      case (1, let id?, _) where !id.isEmpty: self = .response(id)
      case (2, let id?, "input_items") where !id.isEmpty: self = .inputItems(id)
      case (2, let id?, "cancel") where !id.isEmpty: self = .cancellation(id)
      default: return nil
      }
    } else if let request = path.rest(behind: Reply.deferredPath), !request.isEmpty {
      guard let name = request.percentDecoded else { return nil }
      self = .deferred(name)
    } else if let server = path.rest(behind: "/mcp/"), !server.isEmpty {
      self = .tools(server)
    } else if let file = path.rest(behind: "/log/") {
      self = .log(file)
    } else {
      guard let endpoint = Endpoint.all.first(where: { $0.path == path }) else { return nil }
      self = endpoint
    }
  }

  /// Where it is.
  var path: String {
    switch self {
    case .operation(let operation): operation.path
    case .batches(let operations, let id):
      (operations.first?.path ?? "").replacing("{id}", with: id ?? "{id}")
    case .models: "/v1/models"
    case .model(let name): "/v1/models/\(name)"
    case .health: "/healthz"
    case .readiness: "/readyz"
    case .metrics: "/metrics"
    case .description: "/openapi.json"
    case .phiMap: "/phi-map"
    case .access(let endpoint): endpoint.path
    case .accessMetadata: AccessEndpoint.metadataPath
    case .log(let file): "/log/\(file)"
    case .tools(let server): "/mcp/\(server)"
    case .response(let id): "/v1/responses/\(id)"
    case .inputItems(let id): "/v1/responses/\(id)/input_items"
    case .cancellation(let id): "/v1/responses/\(id)/cancel"
    case .deferred(let id): Reply.deferredPath + id
    }
  }

  /// The methods that it takes.
  var methods: [HTTPRequest.Method] {
    switch self {
    case .operation, .tools, .cancellation, .access: [.post]
    case .batches(let operations, _): operations.map(\.method)
    case .models, .model, .health, .readiness, .metrics, .description, .phiMap, .log, .inputItems, .accessMetadata:
      [.get]
    case .response, .deferred: [.get, .delete]
    }
  }
}

extension Operation.Dialect {
  /// The dialect in which a request wants its answer: that of the path, where paths differ, else that of its headers.
  init(_ request: Request) {
    if let operation = Operation(path: request.uri.path) {
      self = operation.dialect
    } else {
      let isAnthropic = ["anthropic-version", "x-api-key"].contains { request.header($0) != nil }
      self = isAnthropic || request.uri.path.hasPrefix(Operation.messages.path) ? .anthropic : .openAI
    }
  }
}

extension Request {
  /// The first value of a header.
  func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }

  /// All values of a header.
  func headers(_ name: String) -> [String] { HTTPField.Name(name).map { headers[values: $0] } ?? [] }

  /// The use case that it names.
  var useCase: String? { header("x-cordon-use-case") }

  /// The kinds of sensitive information that it declares, of all headers that do.
  var declaredSensitivity: String? {
    let said = headers(ModelCall.sensitivityHeader)
    return said.isEmpty ? nil : said.joined(separator: ",")
  }

  /// What it states for policies; of a header that comes more than once, all that it says.
  var statedFacts: FactHeaders {
    func all(_ name: String) -> String? {
      let said = headers(name)
      return said.isEmpty ? nil : said.joined(separator: ",")
    }
    var facts = FactHeaders()
    facts.consents = all(StatedFacts.consentsHeader)
    facts.confidentiality = all(StatedFacts.confidentialityHeader)
    facts.restricted = all(StatedFacts.restrictedHeader)
    return facts
  }

  /// Whether it would have its answer later (RFC 7240, 4.1): of preferences that come twice the first counts, and what is
  /// behind one says nothing of it.
  var prefersToWait: Bool {
    headers("prefer").flatMap { $0.split(separator: ",") }.contains { preference in
      let name = preference.prefix { $0 != ";" && $0 != "=" }.filter { $0 != " " && $0 != "\t" }
      return name.lowercased() == "respond-async"
    }
  }

  /// What the request proves itself by: an `Authorization` header, or the key that clients of Anthropic's send.
  var authorization: String? { headers[.authorization] ?? header("x-api-key").map { "Bearer \($0)" } }
}

extension String {
  fileprivate func rest(behind prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
