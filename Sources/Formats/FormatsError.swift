/// Why a document cannot be read as its format.
///
/// It carries a place, never the document's bytes.
package struct FormatsError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Code: Hashable, Sendable {
    /// A byte that is not part of well-formed UTF-8.
    case malformedUTF8
    /// A zero byte: the file is binary, or text in UTF-16.
    case nulByte
  }

  /// What is wrong.
  package var code: Code
  /// The byte of the document at which it is.
  package var offset: Int

  /// An error of one kind at one byte.
  package init(_ code: Code, at offset: Int) {
    self.code = code
    self.offset = offset
  }

  /// What the user can do about it.
  package var advice: String {
    switch code {
    case .malformedUTF8: "convert the text to UTF-8 first, for example with `iconv -f WINDOWS-1252 -t UTF-8`"
    case .nulByte: "a zero byte means a binary file or UTF-16; convert text with `iconv -f UTF-16 -t UTF-8`"
    }
  }
}

extension FormatsError: CustomStringConvertible {
  /// What is wrong and where.
  package var description: String {
    switch code {
    case .malformedUTF8: "not valid UTF-8 at byte \(offset)"
    case .nulByte: "zero byte at byte \(offset)"
    }
  }
}
