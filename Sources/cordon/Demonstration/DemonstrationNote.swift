/// A note as a clinician types it; everybody in it is invented.
enum DemonstrationNote {
  static let text = """
    Cedar Bend Regional Hospital - Emergency Department
    Patient: Maria Gonzalez-Reyes   MRN: CB-0048-2215   DOB: 03/15/1987 (39 F)
    Arrived 11/19/2026 21:40 by ambulance from 418 Alder Street, Ashford, WA 98304.

    CC: chest pain for two hours, worse on breathing in.
    HPI: Ms. Gonzalez-Reyes was well until this evening. Sharp pain on the left, no fever, SpO2 96% on room air, HR 104. \
    Drove back from Portland on November 16. Her husband Daniel reports calf swelling since Tuesday.
    PMH: Hashimoto thyroiditis; factor V Leiden (2019). Meds: levothyroxine 88 mcg daily. NKDA.
    Labs: D-dimer 1.8 mg/L, troponin I < 0.01 ng/mL, creatinine 0.8.
    Imaging: CT pulmonary angiogram, accession E-7732041: segmental embolus, right lower lobe. Wells score 6.
    Plan: apixaban 10 mg twice daily for 7 days, then 5 mg. Dr. Henry Okafor will see her by 11/26 at Ashford Family \
    Clinic, (360) 555-0148.
    Contact: husband Daniel Reyes, 360-555-0177, d.reyes@mail.example. Member ID HPX-4471-882-03.
    """
}
