import Detection
import Testing

struct InternetAddressTests {
  @Test(arguments: [
    "from ⟦10.0.0.12⟧.",
    "⟦192.168.1.1⟧:8080",
    "'⟦172.16.40.0⟧/24'",
    "⟦2001:db8:77:9::2c⟧",
    "⟦fe80::1ff:fe23:4567:890a⟧",
  ])
  func `finds both versions`(_ marked: String) {
    #expect(remarked(marked, by: [InternetAddress()]) == marked)
  }

  @Test(arguments: [
    "2.16.840.1.113883",
    "app_build: 5.12.0.3",
    "version 1.2.3.4",
    "10:30:05",
    "1.2.3",
    "256.1.1.1",
    "00:1A:2B:3C:4D:5E",
  ])
  func `leaves object identifiers, versions and times`(_ marked: String) {
    #expect(remarked(marked, by: [InternetAddress()]) == marked)
  }
}
