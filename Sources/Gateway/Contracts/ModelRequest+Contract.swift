import Bytes
import Providers

extension ModelRequest {
  /// The request and what is said about it, without what `contract` does not name; how many fields were dropped.
  func within(
    _ contract: DataContract, _ statement: CallerStatement
  ) throws(ProviderError) -> (request: ModelRequest, statement: CallerStatement, dropped: Int) {
    let (kept, dropped): ([UInt8], Int)
    do throws(JSONError) {
      (kept, dropped) = try contract.applied(to: body)
    } catch {
      throw ProviderError(.malformedJSON(error.code), at: error.offset)
    }
    let (parties, droppedParties) = contract.applied(to: statement.parties)
    var statement = statement
    statement.parties = parties
    let request = dropped == 0 ? self : try ModelRequest(kept, for: operation)
    return (request, statement, dropped + droppedParties)
  }
}
