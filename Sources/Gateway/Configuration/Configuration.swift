package import Ciphers
package import Deidentification
package import Ledger
package import PHI
package import Providers
package import Transformers

/// What `cordon.yaml` says, validated: nothing in it is looked at twice or trusted later.
package struct Configuration: Sendable {
  /// The file that it was read from, as the log names it: `sha256:` and the digest.
  package let digest: ConfiguredName?
  /// What was read.
  package let text: String
  package var listen: Listen
  /// The folder that holds the log and the keys.
  package var dataDirectory: String
  /// The regions in which a vendor may process this organisation's data.
  package var approvedRegions: Set<ConfiguredID<Region>>
  /// Whether this is a deployment for work or for tests.
  package var environment = DeploymentEnvironment.production
  /// What may leave to whom, and why; nil where the file says nothing of it.
  package var routes: [EgressRoute]?
  /// What the network lets through, for the policy that `cordon egress policy` writes.
  package var egress = EgressSettings()
  /// Which kinds of information stay inside; nil where none does.
  package var sensitive: SensitiveSettings?
  /// Which policies requests are decided by; nil when there are none.
  package var policy: PolicySettings?
  /// What becomes of access that nobody uses.
  package var access = AccessSettings()
  /// Who answers in an emergency.
  package var emergency = EmergencySettings()
  package var callers: [Caller]
  package var useCases: [UseCase]
  package var vendors: [Vendor]
  package var limits: Limits
  /// What people are told of.
  package var alerts = AlertSettings()
  /// How much may be asked for in a time.
  package var rateLimits: [RateLimit] = []
  /// Which part of the requests has to be answered, or answered in time.
  package var objectives: [ServiceObjective] = []
  /// How vendors that fail are met.
  package var reliability: Reliability
  /// Where traces go.
  package var telemetry: TelemetrySettings
  /// Who keeps the root key, and how long keys are held.
  package var vault: VaultSettings
  /// Whether the process has to stay out of the swap space.
  package var memory = MemorySettings()
  /// What the log is called, and who may read it.
  package var log: LogSettings
  /// What is wanted of backups.
  package var backup = BackupSettings()
  /// Whether only approved algorithms may be used.
  package var fips: FIPSSettings
  /// The folder with the site's lists for detection; nil when there is none.
  package var siteLists: String?
  /// Who is asked beside the rules and the tagger.
  package var tier: TierSettings
  /// What becomes of requests in which something is found with little confidence.
  package var floor: ConfidenceFloor

  /// Names the place where a vendor processes data; only its id exists.
  package enum Region {}

  /// Where the gateway listens, and with which certificate.
  package struct Listen: Hashable, Sendable {
    package var address: String
    package var port: Int
    package var certificate: CertificateFiles?

    package init(address: String, port: Int, certificate: CertificateFiles?) {
      self.address = address
      self.port = port
      self.certificate = certificate
    }

    /// Whether the address can be reached from this machine only.
    package var isLoopback: Bool {
      address == "localhost" || address == "::1" || IPv4Loopback.contains(address)
    }
  }

  /// The PEM files of the certificate chain and its private key.
  package struct CertificateFiles: Hashable, Sendable {
    package var chain: String
    package var privateKey: String
  }
}

/// The addresses 127.0.0.0/8, which never leave the machine (RFC 1122, 3.2.1.3).
enum IPv4Loopback {
  /// Whether the text is such an address in dotted-decimal form; a name that merely begins with `127.` is not.
  static func contains(_ text: some StringProtocol) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

/// A program or person that may call the gateway, known by the hash of a key.
package struct Caller: Sendable {
  package var id: ConfiguredID<Caller>
  /// What is kept of its key; the key itself never is.
  package var keyHash: APIKeyHash
  /// The use cases this caller may use; the first is taken when a request names none.
  package var useCases: Granted<ConfiguredID<UseCase>>
  /// The roles in which it acts, for policies.
  package var roles: Granted<String> = []
  /// What it vouches for.
  package var attests: Granted<PolicySettings.Attestation> = []
}

/// What a caller may do with which model, for which purpose.
package struct UseCase: Sendable {
  package var id: ConfiguredID<UseCase>
  /// The purpose of use, a code of HL7 v3 ActReason such as `TREAT`.
  package var purpose: ConfiguredID<Purpose>
  package var models: [ModelName]
  package var vendor: ConfiguredID<Vendor>
  /// How much hangs on it.
  package var criticality = Criticality.important
  /// The vendors that are asked, in this order, when those before them fail.
  package var fallbacks: [Fallback] = []
  /// The kinds of identifiers that the answer carries in the clear; the others stay tokens.
  package var restores: Set<Identifier>
  /// The approval under which answers may hold identifiers in the clear; nil where the use case cites none.
  package var approval: ConfiguredID<Approval>?
  /// Whether a request may carry what the caller knows of the people in it.
  package var acceptsKnown = true
  /// What becomes of identifiers in an answer that nobody has given.
  package var novelty = AnswerRewriter.Novelty.redact
  /// What may go to the vendor although nobody can search it for identifiers.
  package var passesUninspected: Set<Uninspectable.Reason> = []
  /// The kinds of tools of the vendor's own that requests may offer to the model.
  package var vendorTools: Set<String> = []
  /// The hosts that calls of tools may go to with what is put back into them.
  package var toolHosts = HostList()
  /// The tool servers that may be used.
  package var toolServers: Granted<ConfiguredID<Vendor>> = []
  /// Whether the vendor must have attested that it keeps nothing.
  package var wantsZeroRetention = false
  /// What the configuration lets vendors keep of conversations; see `kept` for what they may.
  package var keepsByVendor: KeptSettings?
  /// Whether vendors may be asked to cache its requests, and answers about somebody be kept for a request that comes twice.
  package var mayCache = false
  /// What of a request is collected, shared and retained; nil where the use case sets no bounds of its own.
  package var contract: DataContract?
  /// Whether somebody waits for its answers.
  package var priority = Priority.interactive
  /// For how long its requests may be carried out later; nil where all are answered at once.
  package var deferral: DeferralSettings?
  /// Which parties a request must name, for the log.
  package var requires: Set<RequestParties.Side> = []

  /// The first party that it wants to know and `parties` does not name.
  func missing(
    in parties: RequestParties, of sides: Set<RequestParties.Side> = Set(RequestParties.Side.allCases)
  ) -> RequestParties.Side? {
    RequestParties.Side.allCases.first { requires.contains($0) && sides.contains($0) && !parties.names($0) }
  }

  /// Names a purpose of use; only its id exists.
  package enum Purpose {}
}
