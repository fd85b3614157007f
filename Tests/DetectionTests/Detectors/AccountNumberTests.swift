import Detection
import Testing

struct AccountNumberTests {
  @Test(arguments: [
    "Acct ⟦00123456⟧",
    "account number: ⟦4455-6677⟧",
    "Visa ending in ⟦4242⟧",
    "card ⟦4111 1111 1111 1111⟧",
    "IBAN ⟦DE89 3704 0044 0532 0130 00⟧",
    "guarantor # ⟦G-556677⟧",
    "INSERT INTO charge(acct, amt) VALUES ('⟦6150-0073-4⟧',182.00),('⟦6150-0052-2⟧',240.50);",
  ])
  func `finds accounts and cards`(_ marked: String) {
    #expect(remarked(marked, by: [AccountNumber()]) == marked)
  }

  @Test(arguments: [
    "account balance 1,200.50",
    "the card game",
    "paid by card 3 times",
    "\"ACCT\": [\"(unreadable)\", 0.98]",
  ])
  func `leaves amounts`(_ marked: String) {
    #expect(remarked(marked, by: [AccountNumber()]) == marked)
  }
}
