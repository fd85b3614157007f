import Bytes

/// A stretch of a request's way, as OpenTelemetry has it; it holds names and numbers and no content.
package struct TraceSpan: Hashable, Sendable {
  /// Who does the work.
  package enum Kind: Int, Sendable {
    case server = 2
    case client = 3
  }

  /// What an attribute says.
  package enum Value: Hashable, Sendable {
    case text(String)
    case number(Int)
  }

  /// One attribute.
  package struct Attribute: Hashable, Sendable {
    package let name: String
    package let value: Value
  }

  package var name: String
  package var kind: Kind
  package var context: TraceContext
  /// The span that it is a part of.
  package var parent: UInt64?
  /// Its beginning, in nanoseconds since the Unix epoch.
  package var start: Int64
  /// Its end.
  package var end: Int64
  package var attributes: [Attribute] = []
  package var hasFailed = false

  package init(
    name: String, kind: Kind, context: TraceContext, parent: UInt64?, start: Int64, end: Int64
  ) {
    (self.name, self.kind, self.context, self.parent) = (name, kind, context, parent)
    (self.start, self.end) = (start, end)
  }

  /// Adds an attribute that has a value.
  mutating func add(_ name: String, _ text: String?) {
    if let text { attributes.append(Attribute(name: name, value: .text(text))) }
  }

  /// Adds an attribute that has a value.
  mutating func add(_ name: String, _ number: Int?) {
    if let number { attributes.append(Attribute(name: name, value: .number(number))) }
  }

  /// The span as OTLP writes it in JSON.
  var json: JSONValue {
    var members = [
      JSONMember("traceId", .string(context.traceText)), JSONMember("spanId", .string(TraceContext.hex(context.span))),
    ]
    if let parent { members.append(JSONMember("parentSpanId", .string(TraceContext.hex(parent)))) }
    members += [
      JSONMember("name", .string(name)), JSONMember("kind", .integer(kind.rawValue)),
      JSONMember("startTimeUnixNano", .string(String(start))), JSONMember("endTimeUnixNano", .string(String(end))),
      JSONMember("attributes", .array(attributes.map(\.json))),
      JSONMember("status", hasFailed ? ["code": 2] : [:]),
    ]
    return .object(members)
  }
}

extension TraceSpan.Attribute {
  /// The attribute as OTLP writes it in JSON.
  fileprivate var json: JSONValue {
    switch value {
    case .text(let text): ["key": .string(name), "value": ["stringValue": .string(text)]]
    case .number(let number): ["key": .string(name), "value": ["intValue": .string(String(number))]]
    }
  }
}

extension [TraceSpan] {
  /// The body of a request to a collector: OTLP over HTTP, in JSON.
  package func body(of service: String) -> [UInt8] {
    let name: JSONValue = ["key": "service.name", "value": ["stringValue": .string(service)]]
    let scope: JSONValue = ["scope": ["name": "cordon"], "spans": .array(map(\.json))]
    let body: JSONValue = ["resourceSpans": [["resource": ["attributes": [name]], "scopeSpans": [scope]]]]
    return body.bytes
  }
}
