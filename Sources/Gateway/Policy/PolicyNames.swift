import PHI
import Policy
import Providers

/// The words that the gateway and the schema share, each made once.
enum PolicyNames {
  static let person: Text = "Person"
  static let service: Text = "Service"
  static let role: Text = "Role"
  static let vendor: Text = "Vendor"
  static let model: Text = "Model"
  static let route: Text = "Route"
  static let tool: Text = "Tool"
  static let dataClass: Text = "DataClass"
  static let action: Text = "Action"

  static let environment: Text = "environment"
  static let agreement: Text = "agreement"
  static let trainsOnInput: Text = "trainsOnInput"
  static let inside: Text = "inside"
  static let region: Text = "region"
  static let vendorAttribute: Text = "vendor"
  static let modelAttribute: Text = "model"
  static let showsIdentifiers: Text = "showsIdentifiers"
  static let approval: Text = "approval"
  static let name: Text = "name"
  static let grantedRole: Text = "role"

  static let purpose: Text = "purpose"
  static let classes: Text = "classes"
  static let confidentiality: Text = "confidentiality"
  static let consents: Text = "consents"
  static let restricted: Text = "restricted"
  static let useCase: Text = "useCase"
  static let found: Text = "found"
  static let shown: Text = "shown"
  static let circumstances: Text = "circumstances"
  static let mfa: Text = "mfa"
  static let managedDevice: Text = "managedDevice"
  static let now: Text = "now"
  static let address: Text = "address"

  static let grantRole = EntityUID(action, "grant-role")

  private static let identifiers: [Value] = Identifier.allCases.map { .string(Text($0.label)) }

  /// The kinds as values.
  static func values(_ kinds: some Sequence<Identifier>) -> Value {
    .set(Set(kinds.map { identifiers[Int($0.rawValue)] }))
  }
}

/// What a policy is asked about.
package enum PolicyAction: String, CaseIterable, Sendable {
  /// To have a model answer.
  case ask
  /// To have a text measured or judged: embeddings, moderations, counts of tokens.
  case embed
  /// To have a model answer by and by.
  case batch
  /// To fetch what a model has answered.
  case retrieve
  /// To be given answers with the identifiers put back.
  case seeIdentifiers = "see-identifiers"
  /// To send a message to a tool server.
  case useTool = "use-tool"

  private static let uids = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0, EntityUID(PolicyNames.action, Text($0.rawValue))) })

  /// The action as policies name it.
  var uid: EntityUID { Self.uids[self] ?? EntityUID(PolicyNames.action, Text(rawValue)) }
}

extension Operation {
  /// What policies are asked about it.
  var policyAction: PolicyAction {
    switch self {
    case .chatCompletions, .completions, .responses, .messages: .ask
    case .embeddings, .moderations, .countTokens: .embed
    }
  }
}
