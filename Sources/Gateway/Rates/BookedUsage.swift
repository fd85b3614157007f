import Providers
import Synchronization
import Vault

/// What was booked of work that vendors do by and by: whoever fetches it twice pays for it once.
///
/// It is in memory, under hashes that this process alone makes; beyond `most` what was booked longest ago is forgotten, and
/// counts again when it is fetched again, as it does after a restart.
final class BookedUsage: Sendable {
  fileprivate static let most = 65_536

  fileprivate struct State {
    var booked: [Int: Booked] = [:]
    var order: [Int] = []
    var oldest = 0
  }

  fileprivate struct Booked {
    var usage = TokenUsage()
    var tokens: Int
  }

  private let state = Mutex(State())

  /// Takes in what something has cost by now; what of it nobody has booked, by the vendor's count and in all.
  ///
  /// `paid` tokens were booked when the work was handed over.
  func take(_ cost: TokenCost, of object: KeptObject, paid: Int) -> TokenCost {
    state.withLock { state in
      let key = object.hashValue
      if state.booked[key] == nil { state.remember(key, paid) }
      guard var booked = state.booked[key] else { return TokenCost() }
      var rest = TokenCost(tokens: max(0, cost.tokens - booked.tokens))
      if let usage = cost.usage {
        let more = TokenUsage(
          prompt: usage.prompt - booked.usage.prompt, completion: usage.completion - booked.usage.completion)
        if more != TokenUsage() { rest.usage = more }
        booked.usage = TokenUsage(
          prompt: max(usage.prompt, booked.usage.prompt), completion: max(usage.completion, booked.usage.completion))
      }
      booked.tokens += rest.tokens
      state.booked[key] = booked
      return rest
    }
  }
}

extension BookedUsage.State {
  fileprivate mutating func remember(_ key: Int, _ paid: Int) {
    booked[key] = BookedUsage.Booked(tokens: paid)
    guard order.count >= BookedUsage.most else { return order.append(key) }
    booked[order[oldest]] = nil
    order[oldest] = key
    oldest = (oldest + 1) % BookedUsage.most
  }
}

/// What work of a vendor's has cost.
struct TokenCost: Hashable, Sendable {
  /// What the vendor counted; nil when it did not.
  var usage: TokenUsage?
  /// The same, with estimates of what it did not count.
  var tokens = 0

  /// Takes in what one answer has cost; `estimate` stands for what is not counted.
  mutating func add(_ counted: TokenUsage?, estimate: Int) {
    guard let counted else { return tokens = min(tokens + estimate, TokenUsage.most) }
    let sum = usage ?? TokenUsage()
    usage = TokenUsage(prompt: sum.prompt + counted.prompt, completion: sum.completion + counted.completion)
    tokens = min(tokens + counted.prompt + counted.completion, TokenUsage.most)
  }
}
