import Ledger
import Providers

extension Vendor {
  /// The model that has to answer when it is asked for `model`; nil when any may, and where answers name none.
  func pin(of model: ModelName, for operation: Operation) -> ModelName? {
    operation == .countTokens ? nil : pins[model]
  }

  /// Whether answers are released of one model only.
  func isPinning(_ model: ModelName, for operation: Operation) -> Bool {
    !releasesOtherModels && pin(of: model, for: operation) != nil
  }

  /// Whether an answer of the model that has answered may be released; where nothing is pinned, that of any.
  func isPinned(_ served: String?, asking model: ModelName, for operation: Operation) -> Bool {
    guard isPinning(model, for: operation), let pin = pin(of: model, for: operation) else { return true }
    return served == pin.description
  }
}
