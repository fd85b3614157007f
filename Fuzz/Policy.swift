import Bytes
import Policy

/// Reads any bytes as policies, schema, entities and request in turn, and uses what can be read.
///
/// The first byte chooses what the rest is; nothing may trap, and what is written must read the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let kind = bytes.first else { return 0 }
  let source = Array(bytes.dropFirst())
  switch kind % 4 {
  case 0:
    guard let set = try? PolicySet(source: source) else { return 0 }
    use(set)
  case 1:
    guard let schema = try? Schema(source: source) else { return 0 }
    _ = try? Validator(schema).faults(in: samples)
  case 2:
    guard let json = try? JSONValue(parsing: source) else { return 0 }
    _ = try? Entities(json: json)
    _ = try? AccessRequest(json: json)
    if let set = try? PolicySet(json: json) { use(set) }
  default:
    guard let expression = try? Expression(parsing: source) else { return 0 }
    guard (try? Expression(parsing: Array(expression.description.utf8))) == expression else {
      fatalError("printed otherwise")
    }
    _ = try? expression.value(for: request, Entities())
  }
  return 0
}

private let request = AccessRequest(
  principal: EntityUID("User", "a"), action: EntityUID("Action", "read"), resource: EntityUID("Doc", "b"))

private let samples: PolicySet = {
  let text = "permit(principal, action, resource) when { principal has a.b && resource.c.d > 1 || context.e };"
  guard let set = try? PolicySet(parsing: Array(text.utf8)) else { fatalError("the sample cannot be read") }
  return set
}()

private func use(_ set: PolicySet) {
  if set.links.isEmpty, set.policies.allSatisfy({ $0.id.string.hasPrefix("policy") }) {
    guard let again = try? PolicySet(parsing: Array(set.description.utf8)) else {
      fatalError("printed what cannot be read")
    }
    guard again.description == set.description else { fatalError("printed otherwise") }
  }
  _ = try? Authorizer(set).explain(request, Entities())
  _ = set.json
}
