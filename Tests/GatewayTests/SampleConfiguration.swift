/// A configuration with two vendors, two use cases and two callers.
enum SampleConfiguration {
  static let yaml = """
    listen:
      address: 127.0.0.1
      port: 8787
    data: state
    regions: [us-east]
    vendors:
      - id: mock
        kind: openai
        base_url: http://127.0.0.1:9999/v1
        region: us-east
        agreement:
          id: BAA-1
          signed: 2026-01-01
          expires: 2027-01-01
          prohibits_training: true
      - id: inside
        kind: loopback
    use_cases:
      - id: summarize
        purpose: TREAT
        models: [gpt-4o-mini]
        vendor: mock
        restore: all
      - id: code
        purpose: HOPERAT
        models: [loopback]
        vendor: inside
        restore: [NAME, DATE]
      - id: tokens-only
        purpose: HRESCH
        models: [gpt-4o-mini]
        vendor: mock
      - id: names-only
        purpose: TREAT
        models: [gpt-4o-mini]
        vendor: mock
        restore: [NAME]
    callers:
      - id: dr-lee
        key_hash: hmac-sha256:AAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        use_cases: [summarize, code, tokens-only, names-only]
      - id: batch
        key_hash: hmac-sha256:BBBBBBBBBBBB:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        use_cases: [code]
    limits:
      body_bytes: 65536
    """
}
