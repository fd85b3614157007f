/// The ASCII kin of characters outside ASCII: `é` is `e`, `–` is `-`, a full-width `７` is `7`.
enum CharacterFolding {
  /// The byte that stands for a mark without kin: no letter, no digit, no white space.
  static let otherMark: UInt8 = 0x1F

  /// Appends the kin of `scalar`, which may be nothing; false when it has none and should stay as it is.
  static func append(_ scalar: UInt32, to output: inout [UInt8]) -> Bool {
    switch scalar {
    case 0x00C0..<0x0250:
      return append(latin[Int(scalar) - 0x00C0], to: &output)
    case 0x1E00..<0x1F00:
      return append(latinAdditional[Int(scalar) - 0x1E00], to: &output)
    case 0x0300..<0x0370, 0x00AD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFE00...0xFE0F, 0xFEFF,
      0x061C, 0x180E, 0xE0000...0xE01EF:
      return true
    case 0x00A0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: output.append(0x20)
    case 0x2028, 0x2029, 0x0085: output.append(0x0A)
    case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63, 0x2043, 0x02D7, 0x058A, 0x05BE, 0x1806, 0x2796, 0x2E3A, 0x2E3B:
      output.append(0x2D)
    case 0x2018...0x201B, 0x02B9...0x02BF, 0x2032, 0x00B4, 0x02C8: output.append(0x27)
    case 0x201C...0x201F, 0x2033, 0x00AB, 0x00BB: output.append(0x22)
    case 0x2044, 0x2215: output.append(0x2F)
    case 0x00AA: output.append(0x61)
    case 0x00BA: output.append(0x6F)
    case 0x00B5, 0x03BC: output.append(0x75)
    case 0x00B2, 0x00B3: output.append(UInt8(scalar - 0x80))
    case 0x00B9: output.append(0x31)
    case 0xFF01...0xFF5E: output.append(UInt8(scalar - 0xFEE0))
    case 0xFB00...0xFB04:
      output.append(
        contentsOf: [[0x66, 0x66], [0x66, 0x69], [0x66, 0x6C], [0x66, 0x66, 0x69], [0x66, 0x66, 0x6C]][
          Int(scalar) - 0xFB00])
    case 0x0660...0x0669: output.append(UInt8(scalar - 0x0660 + 0x30))
    case 0x06F0...0x06F9: output.append(UInt8(scalar - 0x06F0 + 0x30))
    case 0x1D400..<0x1D6A4: output.append(letter((scalar - 0x1D400) % 52))
    case 0x2460...0x2468: output.append(UInt8(scalar - 0x2460 + 0x31))
    case 0x249C...0x24B5: output.append(letter(scalar - 0x249C + 26))
    case 0x24B6...0x24E9: output.append(letter(scalar - 0x24B6))
    case 0x24EA, 0x2070, 0x2080: output.append(0x30)
    case 0x2074...0x2079: output.append(UInt8(scalar - 0x2074 + 0x34))
    case 0x2081...0x2089: output.append(UInt8(scalar - 0x2081 + 0x31))
    case 0x1F130...0x1F149: output.append(letter(scalar - 0x1F130))
    case 0x1F150...0x1F169: output.append(letter(scalar - 0x1F150))
    case 0x1F170...0x1F189: output.append(letter(scalar - 0x1F170))
    case 0x0250...0x02AF, 0x1D00...0x1D22, 0x2102...0x2134, 0xA730...0xA731:
      guard let kin = shaped[scalar] else { return append(otherThanLetter: scalar, to: &output) }
      output.append(kin)
    case 0x1D7CE...0x1D7FF: output.append(UInt8((scalar - 0x1D7CE) % 10 + 0x30))
    case 0x0966...0x096F: output.append(UInt8(scalar - 0x0966 + 0x30))
    case 0x2022, 0x2027, 0x00B7, 0x25CF, 0x25E6: output.append(0x2A)
    case 0x0080...0x00BF, 0x2000...0x2BFF, 0x3001...0x303F, 0xFF00...0xFFFF, 0x1F000...0x1FAFF:
      output.append(otherMark)
    default: return false
    }
    return true
  }

  /// The letter at that place among the capitals and the small ones.
  private static func letter(_ number: UInt32) -> UInt8 { UInt8(number < 26 ? 0x41 + number : 0x61 + number - 26) }

  private static func append(otherThanLetter scalar: UInt32, to output: inout [UInt8]) -> Bool {
    guard (0x2000...0x2BFF).contains(scalar) else { return false }
    output.append(otherMark)
    return true
  }

  /// Small capitals, letters for sounds, and those of mathematics that stand apart from their alphabets.
  private static let shaped: [UInt32: UInt8] = Dictionary(
    uniqueKeysWithValues: zip(
      "ɑɡɢɩɪɴʀʏʙʜʟᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜰꜱℂℊℋℌℍℎℐℑℒℕℙℚℛℜℝℤℨKÅℬℭℯℰℱℳℴ".unicodeScalars.map(\.value),
      "aggiinryBhlacdejkmoptuvwzfsCgHHHhIILNPQRRRZZKABCeEFMo".utf8))

  private static func append(_ kin: UInt8, to output: inout [UInt8]) -> Bool {
    switch kin {
    case 0x31: output.append(contentsOf: [0x41, 0x45])
    case 0x32: output.append(contentsOf: [0x61, 0x65])
    case 0x33: output.append(contentsOf: [0x73, 0x73])
    case 0x34: output.append(contentsOf: [0x4F, 0x45])
    case 0x35: output.append(contentsOf: [0x6F, 0x65])
    case 0x36: output.append(contentsOf: [0x54, 0x68])
    case 0x37: output.append(contentsOf: [0x74, 0x68])
    case 0x2A: output.append(0x2A)
    case 0x3F: return false
    default: output.append(kin)
    }
    return true
  }

  /// U+00C0 to U+024F: one byte for each, a digit for a pair of letters, `?` for none.
  private static let latin: [UInt8] = Array(
    """
    AAAAAA1CEEEEIIIIDNOOOOO*OUUUUY63aaaaaa2ceeeeiiiidnooooo*ouuuuy7yAaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGg\
    GgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlLlLlNnNnNnnNnOoOoOo45RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs\
    ?B????O??DD???EEE?f????IKk??????Oo?????????????Uu??Yy???????????????DDdLLlNNnAaIiOoUuUuUuUuUu?Aa\
    Aa????GgKkOoOo??jDDdGg??NnAa????AaAaEeEeIiIiOoOoRrRrUuUuSsTt??Hh??????AaEeOoOoOoOoYy????????????\
    ????????????????
    """.utf8)

  /// U+1E00 to U+1EFF: one byte for each, a digit for a pair of letters, `?` for none.
  private static let latinAdditional: [UInt8] = Array(
    """
    AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRr\
    SsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVvWwWwWwWwWwXxXxYyZzZzZzhtwyas??3?AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe\
    EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy??????
    """.utf8)
}
