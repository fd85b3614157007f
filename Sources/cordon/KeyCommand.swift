import ArgumentParser
import Ciphers

/// `cordon key`: the keys with which callers come to the gateway.
struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Make keys for callers of the gateway.", subcommands: [New.self])

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key: it is printed once, and only its hash goes into cordon.yaml.")

    @Argument(help: "The caller's id, as it will stand in cordon.yaml.")
    var caller = "caller"

    func run() {
      var random = SystemRandomNumberGenerator()
      let key = APIKey(using: &random)
      print(
        """
        key (give it to the caller now; it is not kept and cannot be shown again):
          \(key.revealingText())

        for cordon.yaml, under `callers`:
          - id: \(caller)
            key_hash: \(APIKeyHash(of: key, using: &random))
            use_cases: [ ]
        """)
    }
  }
}
