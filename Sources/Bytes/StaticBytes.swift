/// Bytes that live as long as the process: a table compiled into the executable, read where it lies.
///
/// Numbers are read at any offset, least significant byte first, and every read is checked against the end.
public struct StaticBytes: Sendable {
  @usableFromInline let address: UInt
  /// How many bytes there are.
  public let count: Int

  /// The `count` bytes at `start`, which must be valid and unchanging until the process ends.
  public init(unsafe start: UnsafePointer<UInt8>, count: Int) {
    address = UInt(bitPattern: start)
    self.count = count
  }

  /// The byte at `offset`.
  @inlinable public subscript(offset: Int) -> UInt8 { load(offset, as: UInt8.self) }

  /// The 32-bit number at `offset`.
  @inlinable public func uint32(at offset: Int) -> UInt32 { UInt32(littleEndian: load(offset, as: UInt32.self)) }

  /// The 64-bit number at `offset`.
  @inlinable public func uint64(at offset: Int) -> UInt64 { UInt64(littleEndian: load(offset, as: UInt64.self)) }

  /// The sixteen signed bytes at `offset`.
  @inlinable public func signedBytes16(at offset: Int) -> SIMD16<Int8> { load(offset, as: SIMD16<Int8>.self) }

  @inlinable func load<Number: BitwiseCopyable>(_ offset: Int, as type: Number.Type) -> Number {
    precondition(offset >= 0 && offset <= count - MemoryLayout<Number>.size, "a read lies within the bytes")
    guard let base = unsafe UnsafeRawPointer(bitPattern: address) else { preconditionFailure("the bytes exist") }
    return unsafe base.loadUnaligned(fromByteOffset: offset, as: type)
  }
}
