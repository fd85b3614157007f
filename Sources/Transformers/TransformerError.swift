/// Why a transformer cannot be used, or did not answer.
///
/// It names files, labels and parts of the model; never a text that was read, nor a token of one.
package struct TransformerError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Code: Hashable, Sendable {
    /// A tier that needs a model is asked for, and no model is named.
    case modelNotNamed
    /// The runtime's library is not there or cannot be loaded.
    case runtimeMissing
    /// The library is not ONNX Runtime.
    case notARuntime
    /// The runtime is older than the interface that Cordon speaks.
    case runtimeTooOld
    /// The runtime refused to start or to take a setting.
    case runtimeRefused
    /// The folder has no file of this name.
    case fileMissing
    /// The file is larger than a file of its kind is taken.
    case fileTooLarge
    /// The file is not JSON.
    case notJSON
    /// The file lacks this member, or it is of another form.
    case malformed
    /// The tokenizer has a part of a kind that Cordon does not have.
    case unsupportedTokenizer
    /// Labels that nothing says the meaning of.
    case unknownLabels
    /// A label's meaning that is no kind of identifier.
    case unknownIdentifier
    /// The model cannot be loaded by the runtime.
    case modelRefused
    /// The model takes an input, or gives an output, of another form than token classification has.
    case unsupportedModel
    /// The runtime failed while it read a text.
    case runFailed
    /// The model gave numbers that are no probabilities.
    case meaninglessAnswer
  }

  /// What is wrong.
  package var code: Code
  /// The file, the member, the part or the labels it is about.
  package var name: String
  /// The runtime's own number, where it gave one.
  package var number: Int

  /// An error of one kind about one thing.
  package init(_ code: Code, _ name: String = "", number: Int = 0) {
    self.code = code
    self.name = name
    self.number = number
  }
}

extension TransformerError: CustomStringConvertible {
  /// What is wrong, with what.
  package var description: String {
    switch code {
    case .modelNotNamed: "the tier `\(name)` needs a model and none is named"
    case .runtimeMissing: "the runtime `\(name)` cannot be loaded"
    case .notARuntime: "`\(name)` is not ONNX Runtime"
    case .runtimeTooOld: "the runtime `\(name)` is older than ONNX Runtime 1.17"
    case .runtimeRefused: "the runtime refused \(name): error \(number)"
    case .fileMissing: "the model has no `\(name)` that can be read"
    case .fileTooLarge: "the model's `\(name)` is too large"
    case .notJSON: "the model's `\(name)` is not JSON"
    case .malformed: "the model's \(name) is missing or malformed"
    case .unsupportedTokenizer: "the model's tokenizer has an unsupported part: \(name)"
    case .unknownLabels: "the model has labels of unknown meaning: \(name)"
    case .unknownIdentifier: "a label is said to mean `\(name)`, which is no kind of identifier"
    case .modelRefused: "the runtime cannot load the model `\(name)`: error \(number)"
    case .unsupportedModel: "the model is not for token classification as Cordon knows it: \(name)"
    case .runFailed: "the model failed while it read a text: error \(number)"
    case .meaninglessAnswer: "the model's answer is not a row of scores for each token"
    }
  }
}
