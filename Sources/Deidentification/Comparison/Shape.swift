internal import Bytes

/// What can be shown of a value without showing it.
enum Shape {
  private static let longest = 24

  /// `Xx 99/99`: letters as `x` and `X`, digits as `9`, marks as they are; cut after 24 characters.
  static func text(of value: Span<UInt8>) -> String {
    var shape: [UInt8] = []
    for place in value.indices {
      let byte = value[place]
      guard byte & 0xC0 != 0x80 else { continue }
      guard shape.count < longest else { return String(decoding: shape, as: UTF8.self) + "…" }
      shape.append(
        ASCII.isDigit(byte)
          ? 0x39 : ASCII.isUppercase(byte) ? 0x58 : ASCII.isLetter(byte) || byte >= 0x80 ? 0x78 : max(byte, 0x20))
    }
    return String(decoding: shape, as: UTF8.self)
  }

  /// How many characters `text` has.
  static func characters(of text: Span<UInt8>) -> Int {
    var count = 0
    for place in text.indices where text[place] & 0xC0 != 0x80 { count += 1 }
    return count
  }

  /// How many characters of `value` a method lets stay in `result`.
  ///
  /// What replaces a value by something invented or computed keeps none, even where a letter happens to be the same.
  static func kept(of value: Span<UInt8>, in result: Span<UInt8>, by method: Method) -> Int {
    guard result.isEmpty || result[0] != 0x5B || method == .keep else { return 0 }
    return switch method {
    case .keep: characters(of: value)
    case .placeholder, .shift, .randomToken, .formatPreserving, .linkableToken, .surrogate: 0
    case .mask(let style): style.showsPart ? longestCommon(value, result) : 0
    case .year, .month, .zipPrefix: longestCommon(value, result)
    // `93` and `90+` begin alike by chance.
    case .ageOver89, .ageBand: longestCommon(value, result) == value.count ? characters(of: value) : 0
    }
  }

  /// The length of the longest stretch that both have.
  private static func longestCommon(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
    var best = 0
    var lengths = [Int](repeating: 0, count: right.count + 1)
    for row in left.indices {
      for column in right.indices.reversed() {
        lengths[column + 1] = left[row] == right[column] ? lengths[column] + 1 : 0
        best = max(best, lengths[column + 1])
      }
    }
    return best
  }
}
