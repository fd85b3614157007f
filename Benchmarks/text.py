"""Clinical notes of made-up people, the same for the same seed."""

import random

FIRST = "Maria Peter Ottoline Thaddeus Grace Samuel Ruth Victor Ingrid Amadou Priya Chen Fatima Lars Noor Joaquin".split()
LAST = "Gonzalez Ashworth Brackenridge Nakamura Okonjo Lindqvist Petrov Haddad Tran Kowalski Mbeki Rossi Dubois Silva".split()
TOWNS = ["Port Angeles, WA", "Marietta, OH", "Bangor, ME", "Duluth, MN", "Taos, NM", "Natchez, MS", "Elko, NV", "Selma, AL"]
COMPLAINTS = ["chest pain", "shortness of breath", "abdominal pain", "a fall at home", "fever and cough", "a headache of three days"]

PARAGRAPHS = [
    "HPI: {title} {last} is a {age}-year-old {sex} seen on {visit} for {complaint}. {pronoun} was brought in by {relative}, "
    "who can be reached at {phone}. Symptoms began two days before, worse on exertion and relieved by rest; no syncope, no "
    "palpitations, no recent travel. Outside records from {visit} were reviewed.",
    "PMH: hypertension, type 2 diabetes (A1c 7.2 %), hyperlipidaemia. Medications: metformin 500 mg twice a day, lisinopril "
    "10 mg once a day, atorvastatin 40 mg at night. Allergies: penicillin (rash). Social: lives alone, former smoker, 20 "
    "pack-years, works as a teacher.",
    "Exam: BP 142/88, HR 76, RR 16, T 36.8, SpO2 98 % on room air. Lungs clear, heart regular without murmur, abdomen soft "
    "and not tender, no oedema. Gait steady. Neurological examination without focal findings.",
    "Labs: Na 139, K 4.10, Cl 102, HCO3 24, BUN 14, creatinine 0.9, glucose 131, WBC 7.2, Hb 13.4, platelets 251, troponin "
    "< 0.01 twice, D-dimer 0.31. ECG: sinus rhythm, no acute change. Chest film: no infiltrate.",
    "Assessment and plan: low-risk {complaint}. Discussed with {relative}. Stress test as an out-patient, return at once for "
    "pain at rest. Copy to Dr. {doctor}, fax {fax}; portal message to {email}. Follow-up in two weeks.",
    "Dr. {doctor} was paged at {phone} and agreed. {title} {last} understands the plan and has no questions. Discharged home "
    "in good condition with written advice. Dictated {visit}, job {job}.",
]


def note(generator, paragraphs=6):
    """One note of about 350 bytes for each paragraph."""
    pick = generator.choice
    first, last, sex = pick(FIRST), pick(LAST), generator.randrange(2)
    number = lambda digits: str(generator.randrange(10 ** (digits - 1), 10**digits))
    facts = {
        "last": last, "title": ("Ms.", "Mr.")[sex], "sex": ("woman", "man")[sex], "pronoun": ("She", "He")[sex],
        "age": generator.randrange(20, 100), "complaint": pick(COMPLAINTS), "relative": f"{pick(FIRST)} {last}",
        "visit": f"{generator.randrange(1, 13):02}/{generator.randrange(1, 29):02}/{generator.randrange(2018, 2027)}",
        "phone": f"({number(3)}) 555-01{number(2)}", "fax": f"{number(3)}-555-01{number(2)}",
        "doctor": f"{pick(FIRST)} {pick(LAST)}", "email": f"{first.lower()}.{last.lower()}{number(2)}@example.org", "job": number(7),
    }
    head = (
        f"Patient: {first} {last}    MRN: {number(8)}    DOB: {generator.randrange(1, 13):02}/{generator.randrange(1, 29):02}/"
        f"{generator.randrange(1925, 2006)}\nAddress: {number(4)} Juniper Hollow Road, {pick(TOWNS)} {number(5)}\n\n"
    )
    return head + "\n\n".join(PARAGRAPHS[index % len(PARAGRAPHS)].format(**facts) for index in range(paragraphs)) + "\n\n"


def write(path, size, seed=1):
    """Writes notes of at least `size` bytes in all, from 4,096 different ones in random order."""
    generator = random.Random(seed)
    pool = [note(generator).encode() for _ in range(4096)]
    with open(path, "wb") as file:
        written = 0
        while written < size:
            block = b"".join(generator.choices(pool, k=512))
            file.write(block)
            written += len(block)
    return written


def prompt():
    """A clinical prompt of about 1.7 KB, as the content of one user message."""
    text = "Summarise this note for the discharge letter.\n\n" + note(random.Random(2))
    return text[:1700]
