extension Vocabulary {
  /// Months, number words, weekdays and the words round dates and ages.
  mutating func learnTime() {
    learn(
      counting: "january february march april may june july august september october november december", from: 1, .month
    )
    learn(counting: "jan feb mar apr may jun jul aug sep oct nov dec", from: 1, .month)
    learn("may march mar jan jun jul dec sep oct nov feb apr aug", .ambiguous)
    learn("sept", .month, value: 9)
    learn(
      counting: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre", from: 1,
      [.month, .foreign])
    learn(
      counting: "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre", from: 1,
      [.month, .foreign])
    learn("mars mai", .ambiguous)
    learn(
      counting: "januar februar marz april mai juni juli august september oktober november dezember", from: 1,
      [.month, .foreign])
    learn(
      counting: "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro", from: 1,
      [.month, .foreign])
    learn(
      counting: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
      from: 1,
      [.month, .foreign])
    learn(
      counting: "januari februari maart april mei juni juli augustus september oktober november december", from: 1,
      [.month, .foreign])
    learn("augusti", [.month, .foreign], value: 8)
    learn("maj", [.month, .foreign], value: 5)
    learn("marts", [.month, .foreign], value: 3)
    learn("maerz", [.month, .foreign], value: 3)
    learn(
      counting:
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
      from: 1, .cardinal)
    learn("oh zero", .cardinal)
    for (word, value) in [
      ("thirty", 30), ("forty", 40), ("fifty", 50), ("sixty", 60), ("seventy", 70), ("eighty", 80), ("ninety", 90),
    ] {
      learn(word, .cardinal, value: UInt8(value))
    }
    learn("hundred", .cardinal, value: 100)
    learn(
      counting:
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
      from: 1, .ordinal)
    learn("thirtieth", .ordinal, value: 30)
    learn(
      "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun", .weekday)
    learn(
      "on since until till by before after from through thru in during to due between starting beginning start stop stopping",
      .timePreposition)
    learn("age aged ages yo yr yrs year years old", .age)
    learn(
      """
      mg mcg ug g gm kg lb lbs oz ml mls cc l dl liter liters litre litres unit units iu meq mmol mol cm mm m ft inch inches feet
      min mins minute minutes sec secs second seconds hr hrs hour hours h day days d week weeks wk wks month months mo
      mos year years yr yrs times x bpm mmhg mph beats breaths percent pct tabs tab tablet tablets caps capsule
      capsules puff puffs drops gtt pills doses dose refills degrees f mhz ghz kb mb gb patients people copies cells
      mm2 cm2 m2 kcal cal calories steps points pts reps rep visits sessions items episodes nodes cores margins pack packs ppd cigarettes drinks beers strength ns saline fr french ga gauge
      """, .measure)
    learn(
      """
      bp pain score scale strength motor power grade murmur gcs mmse moca apgar apgars phq gad visual acuity va vision od os ou
      reflex reflexes pulses pulse ratio dilution titer mallampati asa ecog kps braden morse norton katz lawton gds
      stage class edema tanner bishop ck pf fio2 cpap bipap vent settings rass cam bristol barthel moca fast ta iop
      """, .fraction)
    learn(
      """
      mgm pgm mgf pgf mother father mom dad grandmother grandfather grandma grandpa aunt uncle sister brother wife husband spouse
      sibling cousin son daughter parent granny nana
      """, .kin)
    learn(
      """
      admitted admission admit discharged discharge visit visited seen last next clinic appt appointment rtc return placed
      given stopped started done drawn out dated effective expires exp surgery procedure scan ct mri echo labs cysto
      films film injection sera collected received reported signed injury onset lmp edd scheduled follow followup f
      dose refill filled called arrived transferred implanted removed extubated intubated completed hd dialysis
      culture biopsy results result repeat prior previous since adm disch op foley stay born died death fell fall
      colonoscopy mammo mammogram endoscopy egd tte tee cath pci cabg stress pet dexa bronch eeg emg ekg ecg xr cxr shot vaccine tdap suture removal pap rec presented underwent performed diagnosed dx week wk review reviewed met session delivered delivery listed sent
      """, .event)
    learn(
      "early late mid middle last next this of end beginning start around about every past prior est for is was between",
      .monthPreposition)
    learn("en em im in desde seit depuis a au", .foreignPreposition)
    learn("april may june august mai mei marco avril", .alsoName)
    learn(
      "and but so she he they we i it is was were will at with when who because if then as or not to which the a her his my our end",
      .afterDay)
  }
}
