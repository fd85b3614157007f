import Bytes

extension RequestReader {
  /// Reads a member that asks the vendor to cache the request, and notes where it stands.
  mutating func caching(
    _ token: JSONToken, as treatment: Treatment, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    // What the value opens is a step of the path already.
    let isOpen = token.kind == .beginObject || token.kind == .beginArray
    let name = site.cursor.path.dropLast(isOpen ? 1 : 0).last
    try read(token, as: treatment, label, &site, text)
    // In a JSON text within the body it is the caller's data.
    guard site.source == 0, case .name(let name)? = name else { return }
    cacheMembers.append(name.lowerBound - 1..<site.cursor.offset)
  }
}

extension ModelRequest {
  /// The request without what asks its vendor to cache it.
  ///
  /// `prompt_cache_options` whose mode is `explicit` stays: with no breakpoint in the request it says that nothing is
  /// cached. So does `prompt_cache_retention`, which only says for how long.
  package func decliningCache() throws(ProviderError) -> ModelRequest {
    let asking = cacheMembers.filter { !declinesCache($0) }
    guard !asking.isEmpty else { return self }
    var body = body
    for member in asking.reversed() { body.removeSubrange(ModelRequest.withComma(member, in: body)) }
    return try ModelRequest(body, for: operation)
  }

  private func declinesCache(_ member: Range<Int>) -> Bool {
    let object = [UInt8(ascii: "{")] + body[member] + [UInt8(ascii: "}")]
    guard let value = try? JSONValue(parsing: object) else { return false }
    return value["prompt_cache_options"]?["mode"]?.string == "explicit"
  }
}
