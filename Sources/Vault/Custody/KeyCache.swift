/// Unwrapped keys for a short time.
///
/// What is too old is dropped at the first look after its time and at every `sweep`; a dropped key is wiped when nobody
/// uses it any more, which is at the end of the call that does.
struct KeyCache<Key: Hashable, Value> {
  private struct Held {
    let value: Value
    let until: Moment
  }

  private let lifetime: Int64
  private let capacity: Int
  private var held: [Key: Held] = [:]
  private var nextSweep = Moment(milliseconds: .min)

  init(lifetime: Int64, capacity: Int) {
    self.lifetime = lifetime
    self.capacity = capacity
  }

  var count: Int { held.count }

  /// What is held for `key` at `now`; what a clock that went back would keep too long is dropped as well.
  mutating func value(for key: Key, at now: Moment) -> Value? {
    sweep(at: now)
    guard let found = held[key] else { return nil }
    guard now < found.until, found.until.milliseconds - now.milliseconds <= lifetime else {
      held[key] = nil
      return nil
    }
    return found.value
  }

  mutating func hold(_ value: Value, for key: Key, at now: Moment) {
    guard lifetime > 0 else { return }
    sweep(at: now)
    // A full cache starts again: it holds a minute's work at most, and an order of use would cost every look.
    if held.count >= capacity { held.removeAll() }
    held[key] = Held(value: value, until: Moment(milliseconds: now.milliseconds + lifetime))
  }

  mutating func drop(_ key: Key) { held[key] = nil }

  mutating func removeAll() { held = [:] }

  /// Drops what is too old, at most once in a quarter of a lifetime.
  mutating func sweep(at now: Moment) {
    guard now >= nextSweep || nextSweep.milliseconds - now.milliseconds > lifetime else { return }
    held = held.filter { now < $0.value.until }
    nextSweep = Moment(milliseconds: now.milliseconds + lifetime / 4)
  }
}
