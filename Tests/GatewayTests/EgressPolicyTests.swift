import Gateway
import Ledger
import TestKit
import Testing

struct NetworkBlockTests {
  @Test(arguments: [
    ("203.0.113.7", "203.0.113.7"), ("203.0.113.0/28", "203.0.113.0/28"), ("10.0.0.0/8", "10.0.0.0/8"),
    ("10.1.2.3/32", "10.1.2.3"), ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("2001:db8::/48", "2001:db8::/48"),
    ("::1", "::1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
  ])
  func `writes an address in one way`(_ text: String, _ written: String) {
    #expect(NetworkBlock(text)?.description == written)
  }

  @Test(arguments: [
    "", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1/8", "0.0.0.0/0", "10.0.0.0/7", "10.0.0.0/33", "10.0.0.0/+8",
    "10.0.0.0/", "10.0.0.0/8/8", "2000::/31", "2001:db8::1/48", "::ffff:10.0.0.1", "[::1]", "fe80::1%eth0", "::/0",
    "10.0.0.1 }", "١٠.0.0.1",
  ])
  func `reads nothing that could be taken for another address, and no block that is nearly everything`(_ text: String) {
    #expect(NetworkBlock(text) == nil)
  }

  @Test func `holds a block to have each of its addresses`() throws {
    let block = try #require(NetworkBlock("203.0.113.16/28"))
    let addresses = ["203.0.113.15", "203.0.113.16", "203.0.113.31", "203.0.113.32", "::1"].map { NetworkBlock($0) }
    #expect(try addresses.map { block.contains(try #require($0)) } == [false, true, true, false, false])
    let six = try #require(NetworkBlock("2001:db8::/36"))
    #expect(six.contains(try #require(NetworkBlock("2001:db8:fff::1"))))
    #expect(!six.contains(try #require(NetworkBlock("2001:db8:1000::1"))))
  }
}

struct EgressPolicyTests {
  private func configuration(_ more: String = "") throws -> Configuration {
    try Configuration(yaml: "\(SampleConfiguration.yaml)\n\(more)\n")
  }

  private func plan(_ configuration: Configuration) throws -> EgressPlan {
    try EgressPlan(configuration, configuration.egress, to: EgressDestination.all(of: configuration, witnesses: []))
  }

  @Test func `names everything that the gateway has to reach, each service once with all that it is for`() throws {
    var configuration = try configuration(
      """
      telemetry: {endpoint: "https://siem.example"}
      log:
        export:
          - {id: siem, format: ocsf, to: "syslog+tls://siem.example"}
          - {id: old, format: cef, to: "syslog+udp://[2001:db8::5]:514"}
          - {id: file, format: cef, file: /var/log/cordon}
      """)
    configuration.vault.provider = .awsKMS(
      .init(
        name: "us-east-1", endpoint: nil, credentials: nil, profile: "default", checksState: false, authorities: nil))
    let leases = [EgressDestination("siem.example", 443, .tcp, for: "leases")]
    let found = EgressDestination.all(of: configuration, witnesses: [], leases: leases)
    #expect(
      found.map { "\($0.name) \($0.roles)" } == [
        #"tcp 127.0.0.1:9999 ["vendor `mock`"]"#, #"udp [2001:db8::5]:514 ["log export `old`"]"#,
        #"tcp kms.us-east-1.amazonaws.com:443 ["key service"]"#, #"tcp siem.example:443 ["leases", "traces"]"#,
        #"tcp siem.example:6514 ["log export `siem`"]"#,
      ])
    configuration.routes = []
    #expect(EgressDestination.all(of: configuration, witnesses: []).map(\.host).contains("127.0.0.1") == false)
  }

  @Test func `writes for Kubernetes what the gateway and applications may reach, by address`() throws {
    let configuration = try configuration(
      """
      log: {export: [{id: siem, format: ocsf, to: "syslog+tcp://siem.example"}, {id: lost, format: cef, to: "syslog+tcp://lost.example"}]}
      egress:
        addresses: {siem.example: [203.0.113.16/28, "2001:db8::7"]}
        resolvers: [10.0.0.53]
      """)
    var cluster = KubernetesPolicy.Cluster()
    cluster.applications = ["wards"]
    let written = KubernetesPolicy(try plan(configuration), in: cluster).lines
    let digest = try #require(configuration.digest)
    #expect(
      written
        == """
        # Written by `cordon egress policy` from the configuration \(digest).
        # No address is known of log export `lost`: tcp lost.example:601; it is not reached until `egress.addresses` has one.
        # In the gateway's own pod, which no policy is about: vendor `mock`: tcp 127.0.0.1:9999.
        ---
        apiVersion: "networking.k8s.io/v1"
        kind: NetworkPolicy
        metadata:
          name: cordon-egress
          namespace: cordon
        spec:
          podSelector:
            matchLabels:
              app.kubernetes.io/name: cordon
          policyTypes:
            - Egress
          egress:
            - to:
                - ipBlock:
                    cidr: "203.0.113.16/28"
                - ipBlock:
                    cidr: "2001:db8::7/128"
              ports:
                - protocol: TCP
                  port: 601
            - to:
                - ipBlock:
                    cidr: "10.0.0.53/32"
              ports:
                - protocol: UDP
                  port: 53
                - protocol: TCP
                  port: 53
        ---
        apiVersion: "networking.k8s.io/v1"
        kind: NetworkPolicy
        metadata:
          name: cordon-applications
          namespace: wards
        spec:
          podSelector: {}
          policyTypes:
            - Egress
          egress:
            - to:
                - namespaceSelector:
                    matchLabels:
                      kubernetes.io/metadata.name: cordon
                  podSelector:
                    matchLabels:
                      app.kubernetes.io/name: cordon
              ports:
                - protocol: TCP
                  port: 8787
        """.split(separator: "\n").map(String.init))
  }

  @Test func `gives each service sets of its own, whatever its name`() throws {
    let plan = try EgressPlan(
      configuration(), EgressSettings(),
      to: ["a-b.example", "a.b.example", "2001:db8::1"].map { EgressDestination($0, 443, .tcp, for: "traces") })
    let sets = NftablesPolicy(plan, at: .gateway).lines.filter { $0.contains("set to_") }
      .map { $0.split(separator: " ")[1] }
    #expect(
      sets == [
        "to_a_b_example_443_tcp_v4", "to_a_b_example_443_tcp_v6", "to_a_b_example_443_tcp_2_v4",
        "to_a_b_example_443_tcp_2_v6", "to_2001_db8__1_443_tcp_v4", "to_2001_db8__1_443_tcp_v6",
      ])
  }

  @Test(arguments: ["a b", "a;b", "a\nb", "a\"b", "-a", "ä.example"])
  func `writes no host that rules could be hidden in`(_ host: String) throws {
    let configuration = try configuration()
    #expect(throws: EgressPlan.UnwritableHost.self) {
      try EgressPlan(configuration, EgressSettings(), to: [EgressDestination(host, 443, .tcp, for: "traces")])
    }
  }

  @Test(arguments: [
    "egress: {gateway: [10.0.0.0/8]}", "egress: {resolvers: [dns.example]}", "egress: {addresses: {a.example: []}}",
    "egress: {addresses: {a.example: [10.0.0.1/8]}}", "egress: {addresses: {\"a b\": [10.0.0.1]}}",
    "egress: {addresses: {a.example: [10.0.0.1], A.example: [10.0.0.2]}}",
    "egress: {also: [\"tcp://time.example:123\"]}",
    "egress: {also: [\"udp://10.0.0.1\"]}", "egress: {hosts: []}",
  ])
  func `is not loaded with what is no address`(_ text: String) {
    #expect(throws: ConfigurationError.self) { try configuration(text) }
  }
}
