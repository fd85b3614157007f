import Bytes

/// Writes lines of text as pages of a PDF document (ISO 32000-1), in letters of one width, on sheets of A4 across.
///
/// What is written goes out as it is made: `take()` after each page keeps the memory small, however long the document is.
/// A character that the standard fonts do not have is written as its code point, `<U+0416>`.
package struct PDFPages: Sendable {
  /// How many letters fit on a line; longer lines go on in the next, indented.
  package static let columns = 132
  private static let rows = 52
  private static let (width, height) = (842, 595)
  private static let (left, top, leading, size) = (40, 550, 9.6, 8)
  private static let continuation = String(repeating: " ", count: 8)

  private let title: String
  private let made: String
  private var output: [UInt8] = []
  private var written = 0
  /// Where each object begins; the catalogue, the list of pages, the fonts and the description have the first numbers.
  private var offsets: [Int?] = [nil, nil, nil, nil, nil]
  private var pages: [Int] = []
  private var lines: [(text: String, isBold: Bool)] = []

  /// A document of this title; when it was made is in the form of dates in PDF: `D:20261121120000Z`.
  package init(title: String, made: String) {
    self.title = title
    self.made = made
    add("%PDF-1.7\n")
    output += [0x25, 0xE2, 0xE3, 0xCF, 0xD3, 0x0A]
    object(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>")
    object(4, "<< /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding /WinAnsiEncoding >>")
  }

  /// Adds a line.
  package mutating func line(_ text: String = "", isBold: Bool = false) {
    var rest = Array(Self.printable(text))
    repeat {
      let count = min(rest.count, Self.columns)
      lines.append((String(rest[..<count]), isBold))
      rest.removeFirst(count)
      if !rest.isEmpty { rest = Array(Self.continuation) + rest }
      if lines.count == Self.rows { endPage() }
    } while !rest.isEmpty
  }

  /// What has been written since the last time.
  package mutating func take() -> [UInt8] {
    defer { output.removeAll(keepingCapacity: true) }
    written += output.count
    return output
  }

  /// Ends the document.
  package mutating func finish() {
    if !lines.isEmpty || pages.isEmpty { endPage() }
    object(1, "<< /Type /Catalog /Pages 2 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>")
    let kids = pages.map { "\($0) 0 R" }.joined(separator: " ")
    object(2, "<< /Type /Pages /Count \(pages.count) /Kids [\(kids)] >>")
    object(5, "<< /Title (\(Self.escaped(title))) /Producer (Cordon) /CreationDate (\(made)) >>")
    let start = written + output.count
    add("xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n")
    for offset in offsets { add("\(Self.digits(offset ?? 0)) 00000 n \n") }
    add("trailer\n<< /Size \(offsets.count + 1) /Root 1 0 R /Info 5 0 R >>\nstartxref\n\(start)\n%%EOF\n")
  }

  private mutating func endPage() {
    var content = "BT\n/F1 \(Self.size) Tf\n\(Self.leading) TL\n1 0 0 1 \(Self.left) \(Self.top) Tm\n"
    var isBold = false
    for line in lines {
      if line.isBold != isBold {
        isBold = line.isBold
        content += "/F\(isBold ? 2 : 1) \(Self.size) Tf\n"
      }
      content += "(\(Self.escaped(line.text))) Tj T*\n"
    }
    content += "/F1 \(Self.size) Tf\n1 0 0 1 \(Self.left) 24 Tm\n"
    content += "(\(Self.escaped(title)), page \(pages.count + 1)) Tj\nET\n"
    let page = offsets.count + 1
    offsets += [nil, nil]
    pages.append(page)
    object(
      page,
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(Self.width) \(Self.height)] /Contents \(page + 1) 0 R "
        + "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>")
    let bytes = Self.letters(content)
    begin(page + 1)
    add("<< /Length \(bytes.count) >>\nstream\n")
    output += bytes
    add("endstream\nendobj\n")
    lines.removeAll(keepingCapacity: true)
  }

  private mutating func object(_ number: Int, _ body: String) {
    begin(number)
    output += Self.letters(body)
    add("\nendobj\n")
  }

  private mutating func begin(_ number: Int) {
    offsets[number - 1] = written + output.count
    add("\(number) 0 obj\n")
  }

  private mutating func add(_ text: String) { output += Array(text.utf8) }

  private static func digits(_ offset: Int) -> String {
    let digits = String(offset)
    return String(repeating: "0", count: max(0, 10 - digits.utf8.count)) + digits
  }

  /// The text without what has no shape: each control character, and each that the fonts lack, as its code point.
  private static func printable(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { printable, scalar in
      let hasShape =
        (0x20...0x7E).contains(scalar.value) || (0xA1...0xFF).contains(scalar.value) && scalar.value != 0xAD
      printable += hasShape ? String(Character(scalar)) : "<U+\(hexadecimal(scalar.value))>"
    }
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }

  /// A string without what would end it (ISO 32000-1, 7.3.4.2).
  private static func escaped(_ text: String) -> String {
    printable(text).reduce(into: "") { escaped, character in
      if character == "(" || character == ")" || character == "\\" { escaped += "\\" }
      escaped.append(character)
    }
  }

  /// The text in WinAnsiEncoding, which has these characters at their own code points.
  private static func letters(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
  }
}
