import Bytes

/// Reads values from JSON, guided by the type that a schema gives them where there is one.
enum ValueJSON {
  static func value(_ json: JSONValue) throws(PolicyError) -> Value {
    switch json {
    case .null: throw PolicyError(.malformedValue)
    case .bool(let value): return .bool(value)
    case .number(let digits):
      guard let value = Int64(digits), digits != "-0" else { throw PolicyError(.malformedValue) }
      return .long(value)
    case .string(let text): return .string(Text(text))
    case .array(let elements):
      var set = Set<Value>()
      for element in elements { set.insert(try value(element)) }
      return .set(set)
    case .object(let members):
      if members.count == 1, let escape = try escape(json) { return escape }
      var record = Record()
      for member in members { record[Text(member.name)] = try value(member.value) }
      return .record(record)
    }
  }

  // An escape stands alone: an object with more members is a record.
  private static func escape(_ json: JSONValue) throws(PolicyError) -> Value? {
    guard json["__expr"]?.string == nil else { throw PolicyError(.malformedValue) }
    if let entity = json["__entity"], let uid = try typeAndID(entity) {
      try checkNumbers(entity)
      return .entity(uid)
    }
    guard let call = json["__extn"], call["fn"]?.string != nil, call["arg"] ?? call["args"] != nil else { return nil }
    try checkNumbers(call)
    return try self.call(call)
  }

  // What stands in an escape without a meaning is passed over, but no number may be one that Cedar does not have.
  private static func checkNumbers(_ json: JSONValue) throws(PolicyError) {
    switch json {
    case .null, .bool, .string: break
    case .number(let digits): guard Int64(digits) != nil else { throw PolicyError(.malformedValue) }
    case .array(let elements): for element in elements { try checkNumbers(element) }
    case .object(let members): for member in members { try checkNumbers(member.value) }
    }
  }

  /// The value, with what the type allows to be left out filled in; it may still be of another type.
  static func value(_ json: JSONValue, as type: ValueType) throws(PolicyError) -> Value {
    switch (type, json) {
    case (.entity, .object), (.anyEntity, .object): return .entity(try uid(json))
    case (.extended(let kind), .string(let text)):
      guard let constructor = ExtensionFunction.allCases.first(where: { $0.isConstructor && $0.result == kind }) else {
        throw PolicyError(.wrongType)
      }
      return try call(constructor, [.string(Text(text))])
    case (.extended, .object) where json["__extn"]?["fn"] != nil: return try call(json["__extn"] ?? .null)
    case (.extended, .object) where json["fn"]?.string != nil: return try call(json)
    case (.set(let element?), .array(let elements)):
      var set = Set<Value>()
      for json in elements { set.insert(try value(json, as: element)) }
      return .set(set)
    case (.record(let types), .object(let members)):
      var record = Record()
      for member in members {
        let name = Text(member.name)
        guard let attribute = types[name] else { throw PolicyError(.unexpectedAttribute, named: name) }
        record[name] = try value(member.value, as: attribute.type)
      }
      return .record(record)
    default: return try value(json)
    }
  }

  /// An entity's uid, with or without `__entity` about it.
  static func uid(_ json: JSONValue) throws(PolicyError) -> EntityUID {
    if let escaped = json["__entity"], let uid = try typeAndID(escaped) { return uid }
    guard let uid = try typeAndID(json) else { throw PolicyError(.unexpectedShape) }
    return uid
  }

  private static func typeAndID(_ json: JSONValue) throws(PolicyError) -> EntityUID? {
    guard let type = json["type"]?.string, let id = json["id"]?.string else { return nil }
    guard isName(Text(type)) else { throw PolicyError(.malformedName) }
    return EntityUID(Text(type), Text(id))
  }

  private static func call(_ json: JSONValue) throws(PolicyError) -> Value {
    guard let name = json["fn"]?.string, let function = ExtensionFunction(rawValue: name) else {
      throw PolicyError(.unknownFunction)
    }
    let written: [JSONValue]
    if let arguments = json["args"] {
      guard let array = arguments.array else { throw PolicyError(.unexpectedShape) }
      written = array
    } else {
      guard let argument = json["arg"] else { throw PolicyError(.unexpectedShape) }
      written = [argument]
    }
    var arguments: [Value] = []
    for argument in written { arguments.append(try value(argument)) }
    return try call(function, arguments)
  }

  private static func call(_ function: ExtensionFunction, _ arguments: [Value]) throws(PolicyError) -> Value {
    do throws(EvaluationError) { return try Value.calling(function, arguments) } catch {
      throw PolicyError(.malformedValue)
    }
  }
}
