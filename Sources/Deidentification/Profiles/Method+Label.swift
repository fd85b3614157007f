extension Method: CustomStringConvertible {
  /// The word for it in configuration and reports, such as `age-band-5`.
  package var description: String {
    switch self {
    case .keep: "keep"
    case .placeholder: "redact"
    case .mask(let style): "mask-\(style.rawValue)"
    case .year: "year"
    case .month: "month"
    case .ageOver89: "age-90+"
    case .ageBand(let width): "age-band-\(width)"
    case .zipPrefix: "zip3"
    case .shift(let keepsWeekdays): keepsWeekdays ? "shift-weeks" : "shift"
    case .formatPreserving: "ff1"
    case .randomToken: "random-token"
    case .linkableToken: "token"
    case .surrogate: "surrogate"
    }
  }

  /// The method with this word; nil when there is none.
  package init?(_ label: String) {
    if let method = Method.fixed.first(where: { $0.description == label }) {
      self = method
    } else if label.hasPrefix("age-band-"), let width = Int(label.dropFirst(9)), (2...45).contains(width) {
      self = .ageBand(width)
    } else if let style = Mask.Style(rawValue: label) {
      self = .mask(style)
    } else {
      return nil
    }
  }

  /// Every method that has no figure in its word.
  package static let fixed: [Method] =
    [
      .keep, .placeholder, .year, .month, .ageOver89, .zipPrefix, .shift(keepsWeekdays: false),
      .shift(keepsWeekdays: true), .randomToken, .formatPreserving, .linkableToken, .surrogate,
    ] + Mask.Style.allCases.map(Method.mask)
}
