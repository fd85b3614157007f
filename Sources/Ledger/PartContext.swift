extension Entry {
  /// What a part of an entry of this request is sealed for: it opens nowhere else.
  package static func partContext(of request: RequestID) -> [UInt8] { Array("cordon log part of \(request)".utf8) }
}
