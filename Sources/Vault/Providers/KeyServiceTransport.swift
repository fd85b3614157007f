/// Carries one request to a key service over TLS, and brings its answer.
///
/// Providers that speak HTTP make requests and read answers; who opens connections gives them this. Failing to get an
/// answer is `providerUnavailable`; an answer of any status is an answer.
package typealias KeyServiceTransport = @Sendable (KeyServiceRequest) async throws(VaultError) -> KeyServiceResponse

/// A request to a key service; headers and body hold secrets.
package struct KeyServiceRequest: Hashable, Sendable {
  /// The methods that key services use.
  package enum Method: String, Hashable, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
    case list = "LIST"
  }

  /// The method.
  package var method: Method
  /// The whole URL.
  package var url: String
  /// The headers, in order.
  package var headers: [KeyServiceHeader]
  /// The body, empty when there is none.
  package var body: [UInt8]

  /// A request.
  package init(_ method: Method, _ url: String, headers: [KeyServiceHeader] = [], body: [UInt8] = []) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// What a key service answered; the body may hold secrets.
package struct KeyServiceResponse: Hashable, Sendable {
  /// The status code of HTTP.
  package var status: Int
  /// The headers, in order.
  package var headers: [KeyServiceHeader]
  /// The body.
  package var body: [UInt8]

  /// An answer.
  package init(status: Int, headers: [KeyServiceHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// A header of a request or an answer.
package struct KeyServiceHeader: Hashable, Sendable {
  /// The name, in the case in which it is sent.
  package var name: String
  /// The value.
  package var value: String

  /// A header.
  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension KeyServiceRequest: CustomStringConvertible, CustomReflectable {
  /// The method; the rest may be secret.
  package var description: String { "\(method.rawValue) to a key service" }
  /// Nothing: a dump shows no secret.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension KeyServiceResponse: CustomStringConvertible, CustomReflectable {
  /// The status; the rest may be secret.
  package var description: String { "status \(status) from a key service" }
  /// Nothing: a dump shows no secret.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
