import Attestation
import Gateway
import TestKit
import Testing

struct AttestationSettingsTests {
  private static let attestation = """
        attestation:
          path: /.well-known/attestation
          issuer: https://verifier.example
          keys: verifier.jwks
          measurements: [AB12]

    """

  private func settings(_ change: (String) -> String) throws(ConfigurationError) -> AttestationSettings? {
    let attestation = change(Self.attestation)
    let yaml = SampleConfiguration.yaml
      .replacing(
        "base_url: http://127.0.0.1:9999/v1\n", with: "base_url: https://llm.vendor.example:8443/v1\n" + attestation)
    return try Configuration(yaml: yaml).vendors[0].attestation
  }

  @Test func `reads what a vendor has to prove`() throws {
    let usual = try #require(try settings { $0 })
    #expect(usual.policy.measurements == ["ab12"])
    #expect(usual.policy.maxAgeSeconds == 3_600)
    #expect(usual.policy.claims == AttestationPolicy.Claims())
    let more = try #require(
      try settings {
        $0 + """
                max_age_seconds: 60
                audience: cordon
                profile: tag:example
                authorities: ca.pem
                claims: {measurement: [submods, container, image_digest], debug: is-debuggable}

          """
      })
    #expect(more.policy.maxAgeSeconds == 60)
    #expect(more.policy.audience == "cordon" && more.policy.profile == "tag:example")
    #expect(more.authorities == "ca.pem")
    #expect(more.policy.claims.measurement == ["submods", "container", "image_digest"])
    #expect(more.policy.claims.debug == ["is-debuggable"])
  }

  @Test(arguments: [
    ("path: /.well-known/attestation", "path: https://elsewhere.example/", "path"),
    ("path: /.well-known/attestation", "path: //elsewhere.example/", "path"),
    ("measurements: [AB12]", "measurements: []", "measurements"), ("keys: verifier.jwks", "key: x", "key"),
    ("issuer: https://verifier.example", "max_age_seconds: 0", "issuer"),
    ("keys: verifier.jwks", "keys: verifier.jwks\n      max_age_seconds: 0", "max_age_seconds"),
  ])
  func `names what is wrong`(_ good: String, _ bad: String, _ place: String) {
    do throws(ConfigurationError) {
      _ = try settings { $0.replacing(good, with: bad) }
      Issue.record("was taken")
    } catch {
      #expect(error.path == "vendors[0].attestation.\(place)")
    }
  }

  @Test(arguments: ["mock", "inside"])
  func `is for vendors over https only`(_ vendor: String) {
    let yaml = SampleConfiguration.yaml.replacing("- id: \(vendor)\n", with: "- id: \(vendor)\n" + Self.attestation)
    do throws(ConfigurationError) {
      _ = try Configuration(yaml: yaml)
      Issue.record("was taken")
    } catch {
      #expect(error.path == "vendors[\(vendor == "mock" ? 0 : 1)].attestation")
    }
  }
}
