/// Values found by a 64-bit hash, which is taken for the thing it is a hash of; one probe or two for most look-ups.
struct HashTable<Value: Sendable>: Sendable {
  private var keys: [UInt64]
  private var places: [Int32]
  private var values: [Value] = []

  /// An empty table with room for `capacity` values before it grows.
  init(capacity: Int = 32) {
    var size = 64
    while size < capacity * 2 { size *= 2 }
    keys = Array(repeating: 0, count: size)
    places = Array(repeating: 0, count: size)
  }

  /// How many values there are.
  var count: Int { values.count }

  /// The value of `hash`; setting nil does nothing.
  subscript(hash: UInt64) -> Value? {
    @inline(__always) get {
      let slot = slot(of: hash)
      return keys[slot] == 0 ? nil : values[Int(places[slot])]
    }
    set {
      guard let newValue else { return }
      var slot = slot(of: hash)
      if keys[slot] != 0 {
        values[Int(places[slot])] = newValue
        return
      }
      if (values.count + 1) * 2 > keys.count {
        grow()
        slot = self.slot(of: hash)
      }
      keys[slot] = HashTable.key(hash)
      places[slot] = Int32(values.count)
      values.append(newValue)
    }
  }

  // INVARIANT: no key is 0, which marks a free slot.
  @inline(__always)
  private static func key(_ hash: UInt64) -> UInt64 { hash == 0 ? 1 : hash }

  @inline(__always)
  private func slot(of hash: UInt64) -> Int {
    let key = HashTable.key(hash)
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: key ^ key >> 29) & mask
    while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let (oldKeys, oldPlaces) = (keys, places)
    keys = Array(repeating: 0, count: oldKeys.count * 2)
    places = Array(repeating: 0, count: oldKeys.count * 2)
    for (key, place) in zip(oldKeys, oldPlaces) where key != 0 {
      let slot = slot(of: key)
      keys[slot] = key
      places[slot] = place
    }
  }
}
