import ArgumentParser
import Bytes
import Ciphers
import Vault

/// `cordon vault check-provider`: tries everything on a key provider that the vault will ask of it.
struct VaultCheckProviderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-provider", abstract: "Try a key provider: describe, generate, wrap, unwrap, rewrap, refuse.",
    discussion: """
      Nothing of the key is changed unless `--rotate` is given. Exits 0 when the provider does all that it should, 1 when
      a step fails, 69 when the provider cannot be opened.
      """)

  @OptionGroup var options: KeyProviderOptions

  @Option(help: ArgumentHelp("The key to try.", valueName: "id"))
  var key: String

  @Flag(help: "Make the key first when it is not there (pkcs11).")
  var create = false

  @Flag(help: "Give the key a new version, and unwrap what the old one wrapped.")
  var rotate = false

  func validate() throws {
    guard KeyID(key) != nil else { throw ValidationError("`--key` is not the name of a key") }
    if create, options.provider != .pkcs11 { throw ValidationError("`--create` is for a token") }
  }

  func run() async throws {
    guard let key = KeyID(key) else { return }
    let keeper: KeyKeeper
    let report: ProviderReport
    do {
      keeper = try KeyKeeper(options.settings, keys: options.keyFolder ?? "", seconds: options.timeout)
    } catch let error as VaultError {
      throw CommandFailure(.unavailable, "the provider cannot be opened: \(error)")
    }
    do {
      report = try await check(key, keeper.provider)
    } catch {
      await keeper.close()
      throw CommandFailure(.unavailable, "the key cannot be made: \(error)")
    }
    await keeper.close()
    for line in report.lines { StandardOutput.line(line) }
    guard report.isWell else { throw ExitCode(1) }
  }

  private func check(_ key: KeyID, _ provider: any KeyProvider) async throws(VaultError) -> ProviderReport {
    if create, let token = provider as? PKCS11Provider {
      do throws(VaultError) {
        _ = try await token.create(key)
      } catch {
        guard error.code == .exists else { throw error }
      }
    }
    var report = ProviderReport(provider)
    await report.check(key, rotates: rotate)
    return report
  }
}

/// What a provider did when it was tried.
struct ProviderReport {
  private struct Step {
    let name: String
    let isWell: Bool
    let remark: String
    let milliseconds: Int64
  }

  private static let context = KeyContext(["application": "cordon", "purpose": "provider-check"])
  private static let other = KeyContext(["application": "cordon", "purpose": "provider-check-other"])
  private let provider: any KeyProvider
  private var steps: [Step] = []

  init(_ provider: any KeyProvider) { self.provider = provider }

  var isWell: Bool { steps.allSatisfy(\.isWell) }

  /// The table, a line for each step.
  var lines: [String] {
    let capabilities = provider.capabilities
    let operations = capabilities.operations.map(\.rawValue).sorted().joined(separator: ", ")
    let waiting = capabilities.waitingDays.map { "\($0.lowerBound) to \($0.upperBound) days" } ?? "destroys nothing"
    let width = steps.map(\.name.count).max() ?? 0
    return [
      "provider    \(provider.name)",
      "can         \(operations)",
      "keeps keys  \(capabilities.keepsKeysApart ? "where this process cannot read them" : "in a file of this machine")",
      "destruction \(waiting)",
      "",
    ]
      + steps.map { step in
        let time = String(step.milliseconds)
        let padding = String(repeating: " ", count: width - step.name.count + max(0, 6 - time.count))
        return "\(step.isWell ? "ok  " : "FAIL") \(step.name)\(padding)\(time) ms  \(step.remark)"
      } + ["", isWell ? "the provider does what the vault asks of it" : "the provider cannot be used as it is"]
  }

  /// Tries every step on `key`; each is tried even when one before it failed.
  mutating func check(_ key: KeyID, rotates: Bool) async {
    let provider = provider
    await step("describe") { () throws(VaultError) in
      let description = try await provider.describe(key)
      let remark = "\(description.state.rawValue), version \(description.version)"
      return (description.state == .enabled, remark)
    }
    var generated: WrappedKey?
    await step("generate a data key") { () throws(VaultError) in
      let made = try await provider.generateDataKey(under: key, context: Self.context)
      generated = made.wrapped
      let back = try await provider.unwrap(made.wrapped, context: Self.context)
      return (Self.areEqual(back, made.plaintext), "unwraps to the same key")
    }
    var random = SystemRandomNumberGenerator()
    let secret = SecretBytes(count: DataKey.byteCount, using: &random)
    var wrapped: WrappedKey?
    await step("wrap and unwrap") { () throws(VaultError) in
      let found = try await provider.wrap(secret, under: key, context: Self.context)
      wrapped = found
      let back = try await provider.unwrap(found, context: Self.context)
      return (Self.areEqual(back, secret), "\(found.bytes.count) bytes wrapped")
    }
    guard let wrapped = wrapped ?? generated else { return }
    await refusal("refuse another context", .notAuthentic) { () throws(VaultError) in
      _ = try await provider.unwrap(wrapped, context: Self.other)
    }
    await refusal("refuse no context", .notAuthentic) { () throws(VaultError) in
      _ = try await provider.unwrap(wrapped, context: KeyContext([:]))
    }
    var changed = wrapped.bytes
    if let last = changed.indices.last { changed[last] ^= 1 }
    let altered = WrappedKey(
      provider: wrapped.provider, key: wrapped.key, version: wrapped.version, bytes: changed)
    await refusal("refuse changed bytes", nil) { () throws(VaultError) in
      _ = try await provider.unwrap(altered, context: Self.context)
    }
    if rotates {
      await step("rotate") { () throws(VaultError) in
        let description = try await provider.rotate(key)
        _ = try await provider.unwrap(wrapped, context: Self.context)
        return (true, "version \(description.version); what was wrapped before still unwraps")
      }
    }
    await step("rewrap") { () throws(VaultError) in
      let newer = try await provider.rewrap(wrapped, context: Self.context)
      _ = try await provider.unwrap(newer, context: Self.context)
      return (true, "version \(wrapped.version) to \(newer.version)")
    }
  }

  private mutating func step(
    _ name: String, _ body: () async throws(VaultError) -> (Bool, String)
  ) async {
    let start = ContinuousClock.now
    var (isWell, remark): (Bool, String)
    do throws(VaultError) {
      (isWell, remark) = try await body()
    } catch {
      (isWell, remark) = (false, error.description)
    }
    let milliseconds = Int64(start.duration(to: .now) / .milliseconds(1))
    steps.append(Step(name: name, isWell: isWell, remark: remark, milliseconds: milliseconds))
  }

  /// A step that is well when it throws `code`, or anything when that is nil.
  private mutating func refusal(
    _ name: String, _ code: VaultError.Code?, _ body: () async throws(VaultError) -> Void
  ) async {
    await step(name) { () throws(VaultError) in
      do throws(VaultError) {
        try await body()
      } catch {
        guard code == nil || error.code == code, error.code != .providerUnavailable else { throw error }
        return (true, "refused")
      }
      return (false, "was not refused")
    }
  }

  private static func areEqual(_ left: borrowing SecretBytes, _ right: borrowing SecretBytes) -> Bool {
    let bytes = right.withBytes { [UInt8](copying: $0) }
    return left.withBytes { equalInConstantTime($0, bytes.span) }
  }
}
