internal import Bytes

/// The letters and digits of a number in ASCII, where transforms replace them one by one.
enum PlainNumber {
  /// `value` with full-width letters and the digits of any script as their ASCII kin, all else as it is.
  ///
  /// Nil when another letter or number stands there: a transform would leave it in its place.
  static func bytes(of value: Span<UInt8>) -> [UInt8]? {
    var isPlain = true
    for place in value.indices where value[place] >= 0x80 { isPlain = false }
    if isPlain { return [UInt8](copying: value) }
    var plain: [UInt8] = []
    for scalar in String(decoding: value).unicodeScalars {
      if scalar.isASCII {
        plain.append(UInt8(scalar.value))
      } else if scalar.properties.numericType == .decimal, let digit = scalar.properties.numericValue {
        plain.append(0x30 + UInt8(digit))
      } else if (0xFF21...0xFF3A).contains(scalar.value) || (0xFF41...0xFF5A).contains(scalar.value) {
        plain.append(UInt8(scalar.value - 0xFEE0))
      } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        return nil
      } else {
        plain.append(contentsOf: Array(String(scalar).utf8))
      }
    }
    return plain
  }
}
