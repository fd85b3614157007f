/// The functions and methods of the extension types.
package enum ExtensionFunction: String, CaseIterable, Hashable, Sendable {
  /// The functions, which make a value from a text.
  case ip, decimal, datetime, duration
  /// The methods of `ipaddr`.
  case isIpv4, isIpv6, isLoopback, isMulticast, isInRange
  /// The methods of `decimal`.
  case lessThan, lessThanOrEqual, greaterThan, greaterThanOrEqual
  /// The methods of `datetime`.
  case offset, durationSince, toDate, toTime
  /// The methods of `duration`.
  case toMilliseconds, toSeconds, toMinutes, toHours, toDays

  /// Whether it makes a value from a text, and so is no method.
  package var isConstructor: Bool { parameters == [.string] }

  /// The kinds of its arguments, the receiver of a method first.
  package var parameters: [ValueKind] {
    switch self {
    case .ip, .decimal, .datetime, .duration: [.string]
    case .isIpv4, .isIpv6, .isLoopback, .isMulticast: [.address]
    case .isInRange: [.address, .address]
    case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual: [.decimal, .decimal]
    case .offset: [.moment, .duration]
    case .durationSince: [.moment, .moment]
    case .toDate, .toTime: [.moment]
    case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays: [.duration]
    }
  }

  /// The kind of its result.
  package var result: ValueKind {
    switch self {
    case .ip: .address
    case .decimal: .decimal
    case .datetime, .offset, .toDate: .moment
    case .duration, .durationSince, .toTime: .duration
    case .isIpv4, .isIpv6, .isLoopback, .isMulticast, .isInRange, .lessThan, .lessThanOrEqual, .greaterThan,
      .greaterThanOrEqual:
      .bool
    case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays: .long
    }
  }
}
