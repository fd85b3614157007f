/// A word of a policy or of a schema.
struct Token: Hashable {
  enum Kind: Hashable {
    case identifier
    case number
    case string
    case slot
    case symbol(Symbol)
    case end
  }

  enum Symbol: String, Hashable {
    case doubleColon = "::", equal = "==", notEqual = "!=", lessOrEqual = "<=", greaterOrEqual = ">=", or = "||"
    case and = "&&", at = "@", dot = ".", comma = ",", semicolon = ";", colon = ":", openParenthesis = "("
    case closeParenthesis = ")", openBrace = "{", closeBrace = "}", openBracket = "[", closeBracket = "]", less = "<"
    case greater = ">", plus = "+", minus = "-", star = "*", slash = "/", percent = "%", bang = "!", assign = "="
    case question = "?"
  }

  var kind: Kind
  /// The bytes it takes; those of a string include its quotes.
  var range: Range<Int>
}
