import Bytes

/// Characters that HTML writes by number or by name (HTML Living Standard, section 13.5).
enum CharacterReference {
  /// The first number that is no character's.
  private static let beyondUnicode: UInt32 = 0x11_0000

  /// The character that `&#74;`, `&#x4a;` or `&eacute;` at `place` stands for, and how long that is.
  static func read(_ text: [UInt8], at place: Int) -> ([UInt8], Int)? {
    guard place + 2 < text.count else { return nil }
    if text[place + 1] != 0x23 { return named(text, at: place, before: min(text.count, place + 12)) }
    let isHexadecimal = text[place + 2] | 0x20 == 0x78
    var index = place + (isHexadecimal ? 3 : 2)
    let start = index
    var value: UInt32 = 0
    while index < text.count, let digit = ASCII.hexDigit(text[index]), isHexadecimal || digit < 10 {
      // Digits without end are read as browsers do: zeros before a number are nothing, and what is too much stays so.
      value = min(value * (isHexadecimal ? 16 : 10) + UInt32(digit), beyondUnicode)
      index += 1
    }
    guard index > start, let characters = characters(value) else { return nil }
    // Browsers read a number without its semicolon, too.
    let hasEnd = index < text.count && text[index] == 0x3B
    return (characters, index + (hasEnd ? 1 : 0) - place)
  }

  /// The bytes of a character; nil when it is none, or one that cannot be seen.
  static func characters(_ value: UInt32) -> [UInt8]? {
    guard let scalar = Unicode.Scalar(value), value >= 0x20 || value == 0x09 || value == 0x0A || value == 0x0D else {
      return nil
    }
    return value == 0x7F ? nil : Array(String(Character(scalar)).utf8)
  }

  private static func named(_ text: [UInt8], at place: Int, before end: Int) -> ([UInt8], Int)? {
    var index = place + 1
    while index < end, ASCII.isAlphanumeric(text[index]) { index += 1 }
    guard index < text.count, text[index] == 0x3B, let characters = names[Array(text[place + 1..<index])] else {
      return nil
    }
    return (characters, index + 1 - place)
  }

  private static let names = Dictionary(
    uniqueKeysWithValues: list.split(whereSeparator: \.isWhitespace).map { entry in
      let parts = entry.split(separator: "=")
      return (Array(parts[0].utf8), characters(UInt32(parts[1], radix: 16) ?? 0x20) ?? [0x20])
    })

  private static let list = """
    amp=26 lt=3C gt=3E quot=22 apos=27 nbsp=A0 shy=AD ensp=2002 emsp=2003 thinsp=2009 zwnj=200C zwj=200D ndash=2013
    mdash=2014 lsquo=2018 rsquo=2019 ldquo=201C rdquo=201D hellip=2026 commat=40 period=2E comma=2C colon=3A hyphen=2010
    dash=2010 lowbar=5F sol=2F num=23 plus=2B Tab=9 NewLine=A Agrave=C0 Aacute=C1 Acirc=C2 Atilde=C3 Auml=C4 Aring=C5
    AElig=C6 Ccedil=C7 Egrave=C8 Eacute=C9 Ecirc=CA Euml=CB Igrave=CC Iacute=CD Icirc=CE Iuml=CF ETH=D0 Ntilde=D1
    Ograve=D2 Oacute=D3 Ocirc=D4 Otilde=D5 Ouml=D6 Oslash=D8 Ugrave=D9 Uacute=DA Ucirc=DB Uuml=DC Yacute=DD THORN=DE
    szlig=DF agrave=E0 aacute=E1 acirc=E2 atilde=E3 auml=E4 aring=E5 aelig=E6 ccedil=E7 egrave=E8 eacute=E9 ecirc=EA
    euml=EB igrave=EC iacute=ED icirc=EE iuml=EF eth=F0 ntilde=F1 ograve=F2 oacute=F3 ocirc=F4 otilde=F5 ouml=F6
    oslash=F8 ugrave=F9 uacute=FA ucirc=FB uuml=FC yacute=FD thorn=FE yuml=FF Scaron=160 scaron=161 Zcaron=17D
    zcaron=17E Ccaron=10C ccaron=10D Lstrok=141 lstrok=142
    """
}
