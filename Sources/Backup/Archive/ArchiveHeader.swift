/// The block of 512 bytes before a file in a `ustar` archive (POSIX.1-2001, pax, ustar interchange format).
///
/// One form only is written and read: a regular file of mode 0600 and owner 0, its name in one field if that has room.
struct ArchiveHeader: Hashable {
  static let byteCount = 512
  static let longest: UInt64 = 1 << 33 - 1

  var name: ArchiveName
  var size: UInt64
  /// In seconds since 1970.
  var time: UInt64

  /// How many zeros follow a file, so that the next header begins a block.
  static func padding(after size: UInt64) -> Int { Int((512 - size % 512) % 512) }

  /// The block.
  var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: ArchiveHeader.byteCount)
    func put(_ text: String, at start: Int) { bytes.replaceSubrange(start..<start + text.utf8.count, with: text.utf8) }
    let fields = name.fields
    put(fields.file, at: 0)
    put(fields.folder, at: 345)
    put("0000600", at: 100)
    put("0000000", at: 108)
    put("0000000", at: 116)
    put(ArchiveHeader.octal(size, digits: 11), at: 124)
    put(ArchiveHeader.octal(time, digits: 11), at: 136)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar", at: 257)
    put("00", at: 263)
    let sum = bytes.reduce(0) { $0 + UInt64($1) }
    put(ArchiveHeader.octal(sum, digits: 6), at: 148)
    bytes[154] = 0
    return bytes
  }

  init(name: ArchiveName, size: UInt64, time: UInt64) {
    (self.name, self.size, self.time) = (name, size, time)
  }

  /// The header that the block is; nil unless it is written as `bytes` writes it.
  init?(_ block: [UInt8]) {
    guard block.count == ArchiveHeader.byteCount,
      let name = ArchiveName(
        folder: ArchiveHeader.text(block[345..<500]), file: ArchiveHeader.text(block[..<ArchiveName.longest])),
      let size = ArchiveHeader.number(block[124..<135]), let time = ArchiveHeader.number(block[136..<147])
    else { return nil }
    self.init(name: name, size: size, time: time)
    // Links, directories, devices, long names and other people's extensions are all spelt otherwise.
    guard bytes == block else { return nil }
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func octal(_ number: UInt64, digits: Int) -> String {
    let text = String(number, radix: 8)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    guard digits.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 << 3 | UInt64($1 & 7) }
  }
}
