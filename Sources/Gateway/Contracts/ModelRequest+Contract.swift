import Bytes
import Providers

extension ModelRequest {
  /// The request and what is said about it, without what `contract` does not name; how much was left out.
  func within(
    _ contract: DataContract, _ statement: CallerStatement
  ) throws(ContractFault) -> (request: ModelRequest, statement: CallerStatement, losses: ContractLosses) {
    var (body, losses) = try contract.limited(self.body)
    let (parties, droppedParties) = contract.applied(to: statement.parties)
    var statement = statement
    statement.parties = parties
    let isAnother = losses.fields > 0 || losses.elements.map { $0.dropped > 0 } == true
    losses.fields += droppedParties
    guard isAnother else { return (self, statement, losses) }
    do throws(ProviderError) {
      return (try ModelRequest(body, for: operation), statement, losses)
    } catch {
      throw ContractFault(description: error.description, path: error.path)
    }
  }
}

extension DataContract {
  /// A body with the fields and the elements that it names, and how much was left out.
  fileprivate func limited(_ body: [UInt8]) throws(ContractFault) -> ([UInt8], ContractLosses) {
    var losses = ContractLosses()
    let (kept, minimized): ([UInt8], ResourceElements.Minimized?)
    do throws(JSONError) {
      (kept, losses.fields) = try applied(to: body)
      minimized = try elements?.applied(to: kept)
    } catch {
      throw ContractFault(description: error.description, path: "")
    }
    guard elements != nil else { return (kept, losses) }
    guard let minimized else {
      throw ContractFault(
        description:
          "a FHIR resource in it cannot be read, and so not be limited to what its use case shares: send it as JSON",
        path: "")
    }
    losses.elements = minimized.elements
    return (minimized.body, losses)
  }
}

/// Why a request cannot be held to a contract; it says nothing of what is in it.
struct ContractFault: Error {
  let description: String
  /// The way to the value; empty for the whole.
  let path: String
}

/// What a contract has left out of a request.
struct ContractLosses: Hashable, Sendable {
  /// How many fields and parties.
  var fields = 0
  /// Of the elements of FHIR resources, how many went along and how many did not; nil where the contract names none.
  var elements: ElementCounts?

  /// Takes in what was left out of another request.
  mutating func add(_ other: ContractLosses) {
    fields += other.fields
    guard let more = other.elements else { return }
    let known = elements ?? ElementCounts()
    elements = ElementCounts(shared: known.shared + more.shared, dropped: known.dropped + more.dropped)
  }
}
