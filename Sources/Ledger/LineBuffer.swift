import Ciphers

/// Bytes being written one after another into room that was set aside for all of them.
///
/// An entry is some sixty short texts, and appending each to an array took most of the time that an entry takes. Every
/// write is checked against the end of the room.
@safe struct LineBuffer: ~Copyable {
  private let room: UnsafeMutableRawBufferPointer
  private let capacity: Int
  private(set) var count = 0

  private init(_ room: UnsafeMutableRawBufferPointer) {
    unsafe self.room = room
    capacity = room.count
  }

  /// The array of at most `capacity` bytes that `write` writes; the buffer must not outlive the call.
  static func array(capacity: Int, _ write: (inout LineBuffer) -> Void) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: capacity) { room, count in
      var buffer = unsafe LineBuffer(UnsafeMutableRawBufferPointer(room))
      write(&buffer)
      count = buffer.count
    }
  }

  @inline(__always) mutating func append(_ byte: UInt8) {
    precondition(count < capacity, "the room is full")
    unsafe room.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  @inline(__always) mutating func append(_ text: StaticString) {
    unsafe append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(_ text: String) {
    let bytes = text.utf8.span
    unsafe bytes.withUnsafeBytes { unsafe append($0) }
  }

  mutating func append(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe append($0) } }

  /// Appends a number in the byte order of the log: the least significant byte first.
  @inline(__always) mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(littleEndian number: Number) {
    unsafe withUnsafeBytes(of: number.littleEndian) { unsafe append($0) }
  }

  /// Overwrites the bytes from `offset` on with those of `number`, the least significant first.
  mutating func store(littleEndian number: UInt16, at offset: Int) {
    precondition(offset >= 0 && offset + 2 <= count, "nothing was written there")
    unsafe room.storeBytes(of: number.littleEndian, toByteOffset: offset, as: UInt16.self)
  }

  /// Appends a number from 0 up in decimal digits, with zeros before it up to `width`.
  mutating func append(decimal number: Int64, width: Int = 1) {
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    let length = unsafe withUnsafeMutableBytes(of: &digits) { digits -> Int in
      var rest = UInt64(max(0, number))
      var place = digits.count
      repeat {
        place -= 1
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        unsafe digits[place] = 0x30 + UInt8(truncatingIfNeeded: digit)
        rest = quotient
      } while rest > 0 || digits.count - place < width
      unsafe append(UnsafeRawBufferPointer(rebasing: digits[place...]))
      return digits.count - place
    }
    assert(length >= width)
  }

  /// Appends the 64 hexadecimal digits of a digest.
  mutating func append(_ digest: Digest) {
    precondition(count + 64 <= capacity, "the room is full")
    let digits = HexadecimalDigest(digest)
    for word in 0..<8 {
      unsafe room.storeBytes(of: digits.words[word].littleEndian, toByteOffset: count + word * 8, as: UInt64.self)
    }
    count += 64
  }

  @inline(__always) private mutating func append(_ bytes: UnsafeRawBufferPointer) {
    let end = count + bytes.count
    precondition(end <= capacity, "the room is full")
    guard let start = bytes.baseAddress, let target = unsafe room.baseAddress else { return }
    unsafe (target + count).copyMemory(from: start, byteCount: bytes.count)
    count = end
  }
}
