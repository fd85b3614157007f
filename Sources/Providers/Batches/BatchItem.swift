package import Bytes

/// One request of a batch, as the caller has written it.
package struct BatchItem: Sendable, Hashable {
  /// Which line of the upload it is, or which element of the list, the first being 1.
  package let number: Int
  /// What the caller calls it.
  package let customID: [UInt8]
  /// What is asked for.
  package let operation: Operation
  /// The request as it would come by itself.
  package let body: [UInt8]

  /// A request that stood there.
  package init(number: Int, customID: [UInt8], operation: Operation, body: [UInt8]) {
    self.number = number
    self.customID = customID
    self.operation = operation
    self.body = body
  }

  /// What a request goes out as, and its result comes back as: it says nothing but where the request stood.
  package static func name(of place: Int) -> String { "item-\(place + 1)" }

  /// Where the request stood that went out under a name; nil for a name that none has.
  package static func place(of name: [UInt8]) -> Int? {
    let digits = String(decoding: name, as: UTF8.self)
    guard digits.hasPrefix("item-"), let number = Int(digits.dropFirst(5)), number > 0,
      Self.name(of: number - 1) == digits
    else { return nil }
    return number - 1
  }

  /// How many bytes a caller's name for a request may have.
  package static let longestID = 512

  /// How many requests a batch may have, as OpenAI bounds it; Anthropic takes 100,000.
  package static func mostItems(in dialect: Operation.Dialect) -> Int {
    switch dialect {
    case .openAI: 50_000
    case .anthropic: 100_000
    }
  }
}

/// Why a batch is none: which line or element, and what of it; never anything that it says.
package struct BatchError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Code: Hashable, Sendable {
    /// It is not the strict JSON that is asked for.
    case malformedJSON(JSONError)
    /// It is no object.
    case notAnObject
    /// A member that must be there is not, or is of another kind.
    case member(String)
    /// It has a member that it must not have.
    case surplusMember
    /// The method is not `POST`.
    case method
    /// The address is none for which there are batches.
    case address
    /// The caller's name for it stands before.
    case repeatedID
    /// It asks for another address than those before it.
    case otherAddress
    /// It asks for another model than those before it.
    case otherModel
    /// It asks for events.
    case streaming
    /// There is no request.
    case empty
    /// There are more requests than a batch may have.
    case tooMany(Int)
  }

  /// What is wrong.
  package let code: Code
  /// The line or the element, the first being 1; nil for the whole.
  package let number: Int?
  /// Whether it is a line or an element.
  package let dialect: Operation.Dialect

  /// What is wrong with one request.
  package init(_ code: Code, _ number: Int?, in dialect: Operation.Dialect) {
    self.code = code
    self.number = number
    self.dialect = dialect
  }

  /// How a request is named to its caller, such as `line 17`.
  package static func place(_ number: Int, in dialect: Operation.Dialect) -> String {
    switch dialect {
    case .openAI: "line \(number)"
    case .anthropic: "`requests[\(number - 1)]`"
    }
  }
}

extension BatchError: CustomStringConvertible {
  /// What is wrong and where.
  package var description: String {
    let reason =
      switch code {
      case .malformedJSON(let error): error.description
      case .notAnObject: "must be an object"
      case .member(let name): "`\(name)` is missing or of another kind than it must be"
      case .surplusMember: "has a member that a request of a batch does not have"
      case .method: "`method` must be `POST`"
      case .address: "`url` names nothing for which there are batches"
      case .repeatedID: "its `custom_id` stands before"
      case .otherAddress: "`url` must be the same in all lines"
      case .otherModel: "`model` must be the same in all lines"
      case .streaming: "`stream` has no place in a batch"
      case .empty: "there is no request in it"
      case .tooMany(let most): "there are more than \(most) requests in it"
      }
    return number.map { "\(Self.place($0, in: dialect)): \(reason)" } ?? reason
  }
}
