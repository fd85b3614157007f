import Bytes
import Ciphers

/// The root keys of the local provider as they lie, sealed, in the key file.
struct RootKeys {
  /// One version of one root key.
  final class Version: Sendable {
    let number: UInt32
    let created: Moment
    let secret: SecretBytes

    init(number: UInt32, created: Moment, secret: consuming SecretBytes) {
      self.number = number
      self.created = created
      self.secret = secret
    }
  }

  /// One root key with all its versions, oldest first; none when it is destroyed.
  struct Root {
    let id: KeyID
    let created: Moment
    var state: KeyDescription.State
    var destruction: Moment?
    /// How many uses of the newest version are set aside, at least as many as were made.
    var uses: Int64
    var versions: [Version]
    var newest: UInt32

    var description: KeyDescription {
      KeyDescription(
        key: id, state: state, version: newest, created: created, rotated: versions.last?.created,
        destruction: destruction)
    }
  }

  private static let form: UInt32 = 1
  private static let secretByteCount = 32

  var roots: [Root] = []

  subscript(id: KeyID) -> Root? {
    get { roots.first { $0.id == id } }
    set {
      roots.removeAll { $0.id == id }
      if let newValue { roots.append(newValue) }
    }
  }

  init() {}

  /// The root keys that the bytes are.
  init(_ bytes: Span<UInt8>) throws(VaultError) {
    var reader = ByteReader(bytes)
    guard reader.uint32() == RootKeys.form, let count = reader.uint32(), count <= 1024 else {
      throw VaultError(.malformed)
    }
    for _ in 0..<count { roots.append(try RootKeys.root(&reader)) }
    guard reader.isAtEnd else { throw VaultError(.malformed) }
  }

  /// Everything as bytes, to be sealed.
  func secret() -> SecretBytes {
    var bytes: [UInt8] = []
    // A growing array leaves copies behind: room for everything comes first.
    bytes.reserveCapacity(roots.reduce(8) { $0 + 300 + 48 * $1.versions.count })
    bytes.append(bigEndian: RootKeys.form)
    bytes.append(bigEndian: UInt32(roots.count))
    for root in roots {
      bytes.append(bigEndian: UInt32(root.id.description.utf8.count))
      bytes.append(contentsOf: root.id.description.utf8)
      bytes.append(UInt8(KeyDescription.State.allCases.firstIndex(of: root.state) ?? 0))
      bytes.append(bigEndian: UInt64(bitPattern: root.created.milliseconds))
      bytes.append(bigEndian: UInt64(bitPattern: root.destruction?.milliseconds ?? .min))
      bytes.append(bigEndian: UInt64(bitPattern: root.uses))
      bytes.append(bigEndian: root.newest)
      bytes.append(bigEndian: UInt32(root.versions.count))
      for version in root.versions {
        bytes.append(bigEndian: version.number)
        bytes.append(bigEndian: UInt64(bitPattern: version.created.milliseconds))
        version.secret.withBytes { secret in
          for index in secret.indices { bytes.append(secret[index]) }
        }
      }
    }
    return SecretBytes(taking: &bytes)
  }

  private static func root(_ reader: inout ByteReader) throws(VaultError) -> Root {
    guard let length = reader.uint32(), let name = reader.bytes(Int(length)),
      let id = KeyID(String(decoding: name, as: UTF8.self)), let state = reader.uint8(),
      Int(state) < KeyDescription.State.allCases.count, let created = reader.moment(),
      let destruction = reader.int64(), let uses = reader.int64(), let newest = reader.uint32(),
      let count = reader.uint32(), count <= 1 << 16
    else { throw VaultError(.malformed) }
    var root = Root(
      id: id, created: created, state: KeyDescription.State.allCases[Int(state)],
      destruction: destruction == .min ? nil : Moment(milliseconds: destruction), uses: uses, versions: [],
      newest: newest)
    for _ in 0..<count {
      guard let number = reader.uint32(), let created = reader.moment(), var bytes = reader.bytes(secretByteCount)
      else {
        throw VaultError(.malformed)
      }
      root.versions.append(Version(number: number, created: created, secret: SecretBytes(taking: &bytes)))
    }
    return root
  }
}

/// Reads numbers, most significant byte first, and runs of bytes.
struct ByteReader: ~Copyable {
  private var rest: [UInt8]
  private var position = 0

  init(_ bytes: Span<UInt8>) {
    rest = [UInt8](copying: bytes)
  }

  deinit {
    var bytes = rest
    bytes.wipe()
  }

  var isAtEnd: Bool { position == rest.count }

  mutating func bytes(_ count: Int) -> [UInt8]? {
    guard count >= 0, count <= rest.count - position else { return nil }
    defer { position += count }
    return Array(rest[position..<position + count])
  }

  mutating func uint8() -> UInt8? { number(1).map { UInt8(truncatingIfNeeded: $0) } }
  mutating func uint32() -> UInt32? { number(4).map { UInt32(truncatingIfNeeded: $0) } }
  mutating func int64() -> Int64? { number(8).map { Int64(bitPattern: $0) } }
  mutating func moment() -> Moment? { int64().map { Moment(milliseconds: $0) } }

  private mutating func number(_ count: Int) -> UInt64? {
    guard count <= rest.count - position else { return nil }
    defer { position += count }
    return rest[position..<position + count].reduce(0) { $0 << 8 | UInt64($1) }
  }
}
