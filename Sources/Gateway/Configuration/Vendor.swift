package import Ledger
package import Providers

/// Someone who runs a model: where it is reached, how it is paid, and what has been agreed with them.
package struct Vendor: Sendable {
  package var id: ConfiguredID<Vendor>
  package var kind: Kind
  package var region: ConfiguredID<Configuration.Region>?
  @Boxed package var agreement: Agreement? = nil
  /// How it proves what runs on its machine; nil where it need not.
  @Boxed package var attestation: AttestationSettings? = nil
  /// Features of its interface, beside the harmless ones, that requests may ask for in `anthropic-beta`.
  package var features: Set<String> = []
  /// Whether it runs on the organisation's own machines.
  package var isMarkedInside = false
  /// Which model has to answer for a name that requests to it carry.
  package var pins: [ModelName: ModelName] = [:]
  /// Whether an answer of another model than the pinned one is released all the same, and only told of.
  package var releasesOtherModels = false
  /// What its answers say of who has processed them; nil where that is not looked at.
  @Boxed package var says: ProcessorStatement? = nil
  /// How much it is sent at one time.
  package var bounds = VendorLine.Bounds()

  /// How the vendor's model is reached.
  package indirect enum Kind: Sendable {
    /// Any OpenAI-compatible endpoint.
    case openAI(Place)
    /// A resource of Azure OpenAI. With a version, each model is a deployment with a path of its own; without, the
    /// resource speaks the `v1` interface.
    case azureOpenAI(Place, version: String?)
    /// An endpoint that speaks Anthropic's Messages.
    case anthropic(Place)
    /// Amazon Bedrock's runtime in a region, for Anthropic's models.
    case bedrock(Place, region: String)
    /// A server of tools that speaks the Model Context Protocol; the address is used as it is.
    case tools(Place, ToolAccess)
    /// The model inside this binary: no byte leaves the process.
    case loopback

    /// Where it is reached over HTTP; nil for what is inside this process.
    package var place: Place? {
      switch self {
      case .openAI(let place), .azureOpenAI(let place, _), .anthropic(let place), .bedrock(let place, _),
        .tools(let place, _):
        place
      case .loopback: nil
      }
    }
  }

  /// Where a vendor is reached over HTTP.
  package struct Place: Hashable, Sendable {
    /// The address before `/chat/completions`, `/messages` and their like.
    package var baseURL: String
    /// Where the vendor's API key is found; nil for a vendor that asks for none.
    package var credential: SecretSource?
    /// When that key was changed, and how long it may be used.
    package var rotation = SecretRotation()
    /// What the vendor calls the bound on an answer's tokens in a chat completion.
    package var tokenLimit = TokenLimitName.maxCompletionTokens
    /// Whether requests are to say that nothing is to be kept; for a server that knows no such member, they say nothing.
    package var declinesStorage = true
  }

  /// Whether requests to it are to say that nothing is to be kept.
  var declinesStorage: Bool {
    switch kind {
    case .openAI(let place), .azureOpenAI(let place, _): place.declinesStorage
    case .anthropic, .bedrock, .tools, .loopback: false
    }
  }

  /// Whether it is a tool server.
  var offersTools: Bool { if case .tools = kind { true } else { false } }

  /// Whether text given to this vendor leaves the process at all.
  package var isOutside: Bool {
    switch kind {
    case .openAI, .azureOpenAI, .anthropic, .bedrock, .tools: true
    case .loopback: false
    }
  }
}
