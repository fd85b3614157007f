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
    guard call.count <= HostList.longestCall else { return false }
    // What is any text can be JSON all the same, with values in it that are not escaped.
    let escapings: [Restorer.Escaping] = isJSON ? [.json] : [.none, .json]
    let isAdmitted = escapings.allSatisfy { escaping in
      let (filled, count) = fill(call, escaping)
      return count == 0 || hosts.admits(filled, isJSON: isJSON)
    }
    return isAdmitted && (!isJSON || admitsStrings(of: call))
  }

  /// The same, with the values put into each string as it reads: what is a token there need not be one where it is escaped.
  private func admitsStrings(of call: [UInt8]) -> Bool {
    var count = 0
    let isAdmitted = hosts.admits(json: call) { text in
      let (filled, number) = fill(text, .none)
      count += number
      // JSON in a string can be read by somebody who escapes what is put into it.
      return number == 0 ? [filled] : [filled, fill(text, .json).filled]
    }
    return isAdmitted || count == 0
  }

  private func fill(_ text: [UInt8], _ escaping: Restorer.Escaping) -> (filled: [UInt8], count: Int) {
    var restorer = Restorer(map, revealing: revealing, escaping: escaping, fillingLinks: true)
    var filled = restorer.push(text)
    filled += restorer.finish()
    return (filled, restorer.restored.total)
  }
}
