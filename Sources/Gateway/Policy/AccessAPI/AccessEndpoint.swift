import Bytes
package import Ledger
import Providers

/// What the decision endpoint of OpenID's AuthZEN 1.0 is asked.
package enum AccessEndpoint: String, CaseIterable, Hashable, Sendable {
  /// Whether somebody may do something.
  case evaluation
  /// The same many times.
  case evaluations
  /// Who may do something.
  case subjects = "search/subject"
  /// To what somebody may do something.
  case resources = "search/resource"
  /// What somebody may do.
  case actions = "search/action"

  /// Where the document is that names all of them.
  static let metadataPath = "/.well-known/authzen-configuration"

  /// Where it is asked.
  var path: String { "/access/v1/\(rawValue)" }

  /// How entries name it.
  var recorded: ConfiguredName? { ConfiguredName("access.\(rawValue.replacing("search/", with: ""))") }

  /// How the document names it.
  private var member: String {
    switch self {
    case .evaluation: "access_evaluation_endpoint"
    case .evaluations: "access_evaluations_endpoint"
    case .subjects: "search_subject_endpoint"
    case .resources: "search_resource_endpoint"
    case .actions: "search_action_endpoint"
    }
  }

  /// The document for whoever reaches the decision endpoint at an origin such as `https://cordon.hospital.example`.
  static func metadata(at origin: String) -> [UInt8] {
    JSONValue.object(
      [JSONMember("policy_decision_point", .string(origin))]
        + allCases.map { JSONMember($0.member, .string(origin + $0.path)) }
    ).bytes
  }
}

/// A call of the decision endpoint.
package struct AccessCall: Sendable {
  package let endpoint: AccessEndpoint
  package let requestID: RequestID
  package let caller: Caller
  package var client: ConfiguredName?
  package var body: [UInt8]

  package init(_ endpoint: AccessEndpoint, requestID: RequestID, caller: Caller, body: [UInt8]) {
    self.endpoint = endpoint
    self.requestID = requestID
    self.caller = caller
    self.body = body
  }
}

extension AccessCall: DialectCall {
  var dialect: Operation.Dialect { .openAI }
  var recordedOperation: ConfiguredName? { endpoint.recorded }
}

extension Gateway {
  /// Answers `GET /.well-known/authzen-configuration`: where the policies are asked, at the host that the request names.
  func accessMetadata(host: String?) -> Reply {
    guard policy != nil else { return .failure(.unknownPath) }
    let listen = configuration.listen
    let usual = "\(listen.address):\(listen.port)"
    let named = host.flatMap { name in name.utf8.allSatisfy(Self.isOfHost) && name.utf8.count <= 255 ? name : nil }
    let origin = "\(listen.certificate == nil ? "http" : "https")://\(named ?? usual)"
    return .json(200, AccessEndpoint.metadata(at: origin), headers: [("cache-control", "max-age=3600")])
  }

  private static func isOfHost(_ byte: UInt8) -> Bool {
    ASCII.isAlphanumeric(byte) || [0x2D, 0x2E, 0x3A, 0x5B, 0x5D].contains(byte)
  }
}
