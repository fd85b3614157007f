/// Who acts in which roles by the configuration, and what callers vouch for: what policies are told of people.
///
/// It is compared when another configuration comes into force: what runs is asked about again where it says something else.
struct PolicyHouse: Hashable, Sendable {
  /// The roles of the members of the workforce; nil when everybody acts in their caller's.
  private let users: [String: Granted<String>]?
  private var callers: [String: Standing]

  /// What is said of a caller.
  private struct Standing: Hashable {
    let roles: Granted<String>
    let attests: Granted<PolicySettings.Attestation>
  }

  init(_ configured: [Caller], _ settings: PolicySettings) {
    users = settings.users
    callers = Dictionary(
      uniqueKeysWithValues: configured.map {
        ($0.id.name, Standing(roles: $0.roles, attests: $0.attests))
      })
  }

  /// As much of it as has to do with the requests of one caller.
  func concerning(_ caller: String?) -> PolicyHouse {
    var part = self
    part.callers = [:]
    if let caller { part.callers[caller] = callers[caller] }
    return part
  }

  /// The callers, by their names.
  var callerNames: some Collection<String> { callers.keys }

  /// The roles of a caller; nil for one that the configuration does not have.
  func roles(ofCaller name: String) -> Set<String>? { callers[name]?.roles.set }

  /// A caller as the configuration has it; one that it does not have any more acts in no role and vouches for nothing.
  func standing(of caller: Caller) -> Caller {
    var caller = caller
    caller.roles = callers[caller.id.name]?.roles ?? []
    caller.attests = callers[caller.id.name]?.attests ?? []
    return caller
  }
}
