import Ledger
import Providers

extension Vendor {
  /// The model that has to answer when it is asked for `model`; nil when any may, and where answers name none.
  func pin(of model: ModelName, for operation: Operation) -> ModelName? {
    operation == .countTokens ? nil : pins[model]
  }

  /// Whether the model that has answered may have; what is not pinned may be any.
  func isPinned(_ served: String?, asking model: ModelName, for operation: Operation) -> Bool {
    guard let pin = pin(of: model, for: operation) else { return true }
    return served == pin.description
  }
}
