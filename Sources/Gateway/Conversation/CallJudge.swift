import Deidentification
import Providers

/// Decides whether a caller's identifiers may be put into what a tool is told to do.
///
/// The client carries a call out, so that what a model writes there goes wherever the model says. A call is judged with
/// every value in its place and nothing taken out: a value can itself be an address.
struct CallJudge: Sendable {
  let map: TokenMap
  let revealing: IdentifierSet
  let hosts: HostList

  /// Whether values may be put into `call`; one that knows none of them has nothing to lose.
  func admits(_ call: [UInt8], isJSON: Bool) -> Bool {
    // What is any text can be JSON all the same, with values in it that are not escaped.
    let escapings: [Restorer.Escaping] = isJSON ? [.json] : [.none, .json]
    return escapings.allSatisfy { escaping in
      var restorer = Restorer(map, revealing: revealing, escaping: escaping, fillingLinks: true)
      var filled = restorer.push(Array(call.prefix(HostList.longestCall)))
      filled += restorer.finish()
      guard restorer.restored.total > 0 else { return true }
      return call.count <= HostList.longestCall && hosts.admits(filled, isJSON: isJSON)
    }
  }
}
