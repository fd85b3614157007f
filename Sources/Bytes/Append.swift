extension [UInt8] {
  /// Appends a copy of `bytes`.
  @inlinable public mutating func append(copying bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  /// Appends a copy of the stretch `range` of `bytes`.
  @inlinable public mutating func append(copying bytes: Span<UInt8>, _ range: Range<Int>) {
    append(copying: bytes.extracting(range))
  }

  /// A copy of `bytes`.
  @inlinable public init(copying bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) }
  }
}

extension String {
  /// The text that `bytes` spell in UTF-8, ill-formed sequences replaced by U+FFFD.
  public init(decoding bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
