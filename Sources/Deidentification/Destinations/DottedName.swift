internal import Bytes

/// Tells names with dots that can be hosts from other words with dots in them.
enum DottedName {
  /// Whether a run of letters, digits, hyphens and dots can be a host on a network that others are on.
  ///
  /// Numbers with dots are so when there are four, or when one is hexadecimal: two or three are dates, versions, doses.
  static func isHost(_ name: [UInt8]) -> Bool {
    let labels = name.split(separator: 0x2E)
    guard labels.count > 1, let last = labels.last, let first = last.first else { return false }
    if labels.allSatisfy({ HostName.isNumber($0) }) {
      return labels.count == 4 || labels.contains { !$0.allSatisfy(ASCII.isDigit) }
    }
    guard last.count > 1, ASCII.isLetter(first) || first >= 0x80 else { return false }
    let label = String(decoding: last.map(ASCII.lowercased), as: UTF8.self)
    if label.hasPrefix("xn--") { return true }
    // A top-level domain has letters only (RFC 3696, section 2).
    return last.allSatisfy { ASCII.isLetter($0) || $0 >= 0x80 } && !endings.contains(label)
  }

  /// Endings of files that are no top-level domains; `zip`, `md`, `py` and `sh` are both.
  private static let endings: Set<String> = [
    "pdf", "txt", "csv", "tsv", "json", "jsonl", "ndjson", "xml", "yaml", "yml", "toml", "ini", "cfg", "html", "htm",
    "css", "js", "log", "tmp", "bak", "dat", "bin", "jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "svg", "webp",
    "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "odt", "ods", "dcm", "wav", "ogg", "avi", "db", "sqlite",
    "parquet", "sql", "ipynb",
  ]
}
