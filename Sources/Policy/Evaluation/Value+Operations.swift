extension Value {
  func truth() throws(EvaluationError) -> Bool {
    guard case .bool(let value) = self else { throw .wrongKind(expected: [.bool], found: kind) }
    return value
  }

  func long() throws(EvaluationError) -> Int64 {
    guard case .long(let value) = self else { throw .wrongKind(expected: [.long], found: kind) }
    return value
  }

  func text() throws(EvaluationError) -> Text {
    guard case .string(let value) = self else { throw .wrongKind(expected: [.string], found: kind) }
    return value
  }

  func elements() throws(EvaluationError) -> Set<Value> {
    guard case .set(let value) = self else { throw .wrongKind(expected: [.set], found: kind) }
    return value
  }

  func uid() throws(EvaluationError) -> EntityUID {
    guard case .entity(let value) = self else { throw .wrongKind(expected: [.entity], found: kind) }
    return value
  }

  private func decimal() throws(EvaluationError) -> Decimal {
    guard case .decimal(let value) = self else { throw .wrongKind(expected: [.decimal], found: kind) }
    return value
  }

  private func address() throws(EvaluationError) -> IPAddress {
    guard case .address(let value) = self else { throw .wrongKind(expected: [.address], found: kind) }
    return value
  }

  private func moment() throws(EvaluationError) -> Moment {
    guard case .moment(let value) = self else { throw .wrongKind(expected: [.moment], found: kind) }
    return value
  }

  private func duration() throws(EvaluationError) -> Interval {
    guard case .duration(let value) = self else { throw .wrongKind(expected: [.duration], found: kind) }
    return value
  }

  /// Minus the value.
  func negated() throws(EvaluationError) -> Value {
    let (result, overflows) = (0 as Int64).subtractingReportingOverflow(try long())
    guard !overflows else { throw .overflow }
    return .long(result)
  }

  /// The result of an operator that no entity has a say in.
  func applying(_ symbol: BinaryOperator, _ other: Value) throws(EvaluationError) -> Value {
    switch symbol {
    case .equal: return .bool(self == other)
    case .notEqual: return .bool(self != other)
    case .less: return .bool(try precedes(other, orEquals: false))
    case .lessOrEqual: return .bool(try precedes(other, orEquals: true))
    case .greater: return .bool(try !precedes(other, orEquals: true))
    case .greaterOrEqual: return .bool(try !precedes(other, orEquals: false))
    case .add, .subtract, .multiply: return .long(try arithmetic(symbol, other))
    case .contains: return .bool(try elements().contains(other))
    case .containsAll: return .bool(try elements().isSuperset(of: other.elements()))
    case .containsAny: return .bool(try !elements().isDisjoint(with: other.elements()))
    case .isIn, .getTag, .hasTag: preconditionFailure("an entity has a say in it")
    }
  }

  private func precedes(_ other: Value, orEquals: Bool) throws(EvaluationError) -> Bool {
    switch (self, other) {
    case (.long(let left), .long(let right)): return orEquals ? left <= right : left < right
    case (.moment(let left), .moment(let right)): return orEquals ? left <= right : left < right
    case (.duration(let left), .duration(let right)): return orEquals ? left <= right : left < right
    case (.long, _), (.moment, _), (.duration, _): throw .wrongKind(expected: [kind], found: other.kind)
    default: throw .wrongKind(expected: [.long, .moment, .duration], found: kind)
    }
  }

  private func arithmetic(_ symbol: BinaryOperator, _ other: Value) throws(EvaluationError) -> Int64 {
    let (left, right) = (try long(), try other.long())
    let (result, overflows) =
      switch symbol {
      case .add: left.addingReportingOverflow(right)
      case .subtract: left.subtractingReportingOverflow(right)
      default: left.multipliedReportingOverflow(by: right)
      }
    guard !overflows else { throw .overflow }
    return result
  }

  /// The result of a function of an extension type.
  static func calling(_ function: ExtensionFunction, _ arguments: [Value]) throws(EvaluationError) -> Value {
    guard arguments.count == function.parameters.count else { throw .wrongArgumentCount(function) }
    let first = arguments[0]
    switch function {
    case .ip: return try made(IPAddress(first.text()).map(Value.address), by: function)
    case .decimal: return try made(Decimal(first.text()).map(Value.decimal), by: function)
    case .datetime: return try made(Moment(first.text()).map(Value.moment), by: function)
    case .duration: return try made(Interval(first.text()).map(Value.duration), by: function)
    case .isIpv4: return .bool(try first.address().family == .version4)
    case .isIpv6: return .bool(try first.address().family == .version6)
    case .isLoopback: return .bool(try first.address().isLoopback)
    case .isMulticast: return .bool(try first.address().isMulticast)
    case .isInRange: return .bool(try first.address().isInRange(arguments[1].address()))
    case .lessThan: return .bool(try first.decimal() < arguments[1].decimal())
    case .lessThanOrEqual: return .bool(try first.decimal() <= arguments[1].decimal())
    case .greaterThan: return .bool(try first.decimal() > arguments[1].decimal())
    case .greaterThanOrEqual: return .bool(try first.decimal() >= arguments[1].decimal())
    case .offset:
      guard let later = try first.moment().offset(by: arguments[1].duration()) else { throw .momentOverflow }
      return .moment(later)
    case .durationSince:
      guard let length = try first.moment().duration(since: arguments[1].moment()) else { throw .momentOverflow }
      return .duration(length)
    case .toDate:
      guard let date = try first.moment().date else { throw .momentOverflow }
      return .moment(date)
    case .toTime: return .duration(try first.moment().time)
    case .toMilliseconds: return .long(try first.duration().milliseconds)
    case .toSeconds: return .long(try first.duration().milliseconds / 1000)
    case .toMinutes: return .long(try first.duration().milliseconds / 60_000)
    case .toHours: return .long(try first.duration().milliseconds / 3_600_000)
    case .toDays: return .long(try first.duration().milliseconds / 86_400_000)
    }
  }

  private static func made(_ value: Value?, by function: ExtensionFunction) throws(EvaluationError) -> Value {
    guard let value else { throw .malformedArgument(function) }
    return value
  }
}
