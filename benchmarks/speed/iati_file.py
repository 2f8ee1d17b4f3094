"""Make a large IATI file, the same for the same size and seed.

    python benchmarks/speed/iati_file.py 1000      # megabytes; default 200

Shapes follow real files: fields, organisations and policy markers as in DFID's of 2016
and the Spanish ministry's of 2015; transactions as in the former, about half of all
bytes; results, indicators and periods as in the standard's example of 2.03. A megabyte
holds about 500 passages with 45 KB of text; the real files at hand hold 393 with 30 KB.
Each sentence is put together anew from words in three languages, so that no cache of
texts can cheat.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

GENERATED = Path(__file__).parent / "generated"

WORDS = {
    "en": ["the", "project", "strengthens", "capacity", "of", "labour", "inspectors", "and", "employers", "organizations", "to", "design", "policies", "on", "youth", "employment", "through", "training", "of", "trainers", "study", "tours", "guidelines", "statistics", "social", "dialogue", "at", "district", "level", "with", "ministries", "of", "education", "unions", "cooperatives", "women", "rural", "workers", "safety", "health", "migration", "skills", "roads", "water", "vaccines", "schools", "teachers", "budget", "audit", "monitoring", "evaluation", "small", "enterprises", "credit"],
    "fr": ["le", "projet", "renforce", "les", "capacités", "des", "inspecteurs", "du", "travail", "et", "des", "organisations", "d’employeurs", "pour", "élaborer", "des", "politiques", "d’emploi", "des", "jeunes", "par", "la", "formation", "de", "formateurs", "des", "guides", "des", "statistiques", "le", "dialogue", "social", "au", "niveau", "local", "avec", "les", "ministères", "de", "l’éducation", "les", "syndicats", "les", "coopératives", "la", "sécurité", "et", "la", "santé", "des", "travailleurs", "ruraux", "écoles", "routes", "eau", "vaccins", "suivi", "évaluation", "petites", "entreprises"],
    "es": ["el", "proyecto", "fortalece", "la", "capacidad", "de", "los", "inspectores", "del", "trabajo", "y", "de", "las", "organizaciones", "de", "empleadores", "para", "formular", "políticas", "de", "empleo", "juvenil", "mediante", "formación", "de", "formadores", "guías", "estadísticas", "diálogo", "social", "en", "el", "ámbito", "local", "con", "los", "ministerios", "de", "educación", "sindicatos", "cooperativas", "seguridad", "y", "salud", "de", "trabajadores", "rurales", "escuelas", "caminos", "agua", "vacunas", "seguimiento", "evaluación", "pequeñas", "empresas"],
}  # fmt: skip
#: Words of no codebook, four in five as in real files: on real input the lexicon gives
#: about 2.5 codes a passage, and a text made of its own words alone would give far more.
OTHER_WORDS = {
    "en": "the of and to in for on with by from at this that which will be has have under over during after before more less than each all some new old north south east west river valley road bridge seed crop maize wheat goat herd market price season rain flood drought house roof wall pump well pipe clinic nurse child mother family village town city province island coast forest tree soil fish boat net food meal kitchen energy power grid solar line phone car truck fuel money bank loan month year week day phase total per cent first second third large low high main other several many areas people population access quality number level part site",
    "fr": "le la les de des du et à au aux en pour sur par dans avec ce cette qui que sera ont sous pendant après avant plus moins chaque tous nouveau ancien nord sud est ouest fleuve vallée route pont semence récolte maïs blé chèvre troupeau marché prix saison pluie crue sécheresse maison toit mur pompe puits tuyau clinique enfant mère famille village ville province île côte forêt arbre sol poisson bateau filet repas cuisine énergie réseau solaire ligne téléphone voiture camion carburant argent mois année semaine jour phase total pour cent premier second grand bas haut autre plusieurs zones gens accès qualité nombre partie site",
    "es": "el la los las de del y a al en para sobre por con este esta que será han bajo durante después antes más menos cada todo nuevo antiguo norte sur este oeste río valle camino puente semilla cosecha maíz trigo cabra rebaño mercado precio lluvia inundación sequía casa techo muro bomba pozo tubo clínica niño madre familia aldea ciudad provincia isla costa bosque árbol suelo pez barco red comida cocina energía solar línea teléfono carro camión dinero mes año semana día fase total por ciento primero segundo grande bajo alto otro varios zonas gente acceso calidad número parte sitio",
}  # fmt: skip
COUNTRIES = [
    "AF",
    "AL",
    "BD",
    "BF",
    "BO",
    "CI",
    "ET",
    "HN",
    "ID",
    "KE",
    "KH",
    "LA",
    "MZ",
    "NP",
    "PE",
    "PK",
    "SN",
    "TZ",
    "UG",
    "ZW",
]
SECTORS = [
    "11220",
    "11330",
    "12220",
    "15110",
    "15150",
    "16020",
    "16062",
    "24030",
    "31120",
    "43040",
    "72010",
]


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print(generated(megabytes))


def generated(megabytes: int, seed: int = 312, transactions: int = 10) -> Path:
    """Return the file of this size; it is made if it is not there.

    ``transactions`` is their mean number in an activity: 10 make up half of all bytes,
    as in the most telling of the files at hand; 50 make up six in seven, as in those of
    publishers who report every payment.
    """
    path = GENERATED / f"activities-{megabytes}mb-{transactions}.xml"
    if not path.exists():
        GENERATED.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        with unfinished.open("w", encoding="utf-8") as file:
            written = file.write(
                '<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03">\n'
            )
            for activity in activities(random.Random(seed), transactions):
                written += file.write(activity)
                if written >= megabytes * 1_000_000:
                    break
            file.write("</iati-activities>\n")
        unfinished.rename(path)
    return path


def activities(rng: random.Random, transactions: int) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield activity(rng, number, transactions)


def activity(rng: random.Random, number: int, transactions: int) -> str:
    language = rng.choice(("en", "en", "fr", "es"))
    start = rng.randint(2004, 2018)
    parts = [
        f'<iati-activity xml:lang="{language}" default-currency="USD" hierarchy="{1 + number % 3 // 2}">',
        f"<iati-identifier>XX-BENCH-{number:07d}</iati-identifier>",
        '<reporting-org ref="XX-BENCH" type="40"><narrative>Bench publisher</narrative></reporting-org>',
        f"<title><narrative>{words(rng, language, 7)}</narrative></title>",
    ]
    for kind in range(1, rng.choice((1, 1, 1, 2)) + 1):
        text = " ".join(sentence(rng, language) for _ in range(rng.randint(1, 3)))
        parts.append(
            f'<description type="{kind}"><narrative>{text}</narrative></description>'
        )
    for role in (1, 2, 3, 4):
        parts.append(
            f'<participating-org role="{role}" ref="XX-{rng.randint(1, 400)}" type="10">'
            f"<narrative>{words(rng, language, 4)}</narrative></participating-org>"
        )
    parts.append(f'<activity-status code="{rng.randint(1, 4)}"/>')
    for kind, year in ((1, start), (2, start), (3, start + 3), (4, start + 3)):
        parts.append(
            f'<activity-date type="{kind}" iso-date="{year}-{rng.randint(1, 12):02d}-15"/>'
        )
    parts.append(
        f'<recipient-country code="{rng.choice(COUNTRIES)}" percentage="100"/>'
    )
    parts += (
        f'<sector vocabulary="1" code="{code}" percentage="50"/>'
        for code in rng.sample(SECTORS, 2)
    )
    parts += (
        f'<policy-marker vocabulary="1" code="{code}" significance="{rng.choice("00012")}"/>'
        for code in range(1, 9)
    )
    parts += (budget(rng, start + n) for n in range(rng.randint(0, 4)))
    parts += (
        transaction(rng, language, start)
        for _ in range(int(rng.expovariate(1 / transactions)))
    )
    if number % 3 == 0:
        parts.append(f'<related-activity ref="XX-BENCH-{number - 1:07d}" type="1"/>')
    elif number % 3 == 2:
        parts.append(f'<related-activity ref="XX-BENCH-{number + 1:07d}" type="2"/>')
    if rng.random() < 0.2:
        parts += (result(rng, language, start) for _ in range(rng.randint(1, 3)))
    return "\n  ".join(parts) + "\n</iati-activity>\n"


def words(rng: random.Random, language: str, count: int) -> str:
    known, other = WORDS[language], OTHER_WORDS[language].split()
    return " ".join(
        rng.choice(known if rng.random() < 0.2 else other) for _ in range(count)
    )


def sentence(rng: random.Random, language: str) -> str:
    return f"{words(rng, language, rng.randint(6, 18))} ({rng.randint(2, 9999)})."


def period(year: int) -> str:
    return (
        f'<period-start iso-date="{year}-01-01"/><period-end iso-date="{year}-12-31"/>'
    )


def budget(rng: random.Random, year: int) -> str:
    value = f'<value currency="USD" value-date="{year}-01-01">{rng.randint(5, 5000) * 1000}</value>'
    return f'<budget type="1" status="2">{period(year)}{value}</budget>'


def transaction(rng: random.Random, language: str, start: int) -> str:
    when = (
        f"{start + rng.randint(0, 3)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    )
    return (
        f'<transaction ref="{rng.randint(1, 10**6)}">\n    <transaction-type code="{rng.choice("23344")}"/>\n'
        f'    <transaction-date iso-date="{when}"/>\n'
        f'    <value currency="USD" value-date="{when}">{rng.randint(1, 10**6)}.00</value>\n'
        f"    <description>\n      <narrative>{words(rng, language, 6)}</narrative>\n    </description>\n"
        f'    <provider-org ref="XX-BENCH">\n      <narrative>Bench publisher</narrative>\n    </provider-org>\n'
        f'    <receiver-org ref="XX-{rng.randint(1, 400)}">\n      <narrative>{words(rng, language, 4)}</narrative>\n'
        "    </receiver-org>\n  </transaction>"
    )


def result(rng: random.Random, language: str, start: int) -> str:
    indicators = "".join(
        indicator(rng, language, start) for _ in range(rng.randint(1, 3))
    )
    return (
        f'<result type="{rng.randint(1, 2)}"><title><narrative>{words(rng, language, 9)}</narrative></title>'
        f"<description><narrative>{sentence(rng, language)}</narrative></description>{indicators}</result>"
    )


def indicator(rng: random.Random, language: str, start: int) -> str:
    periods = "".join(
        f'<period>{period(start + n)}<target value="{rng.randint(1, 500)}"/>'
        f'<actual value="{rng.randint(1, 500)}"/></period>'
        for n in range(rng.randint(1, 4))
    )
    return (
        f'<indicator measure="1"><title><narrative>{words(rng, language, 10)}</narrative></title>'
        f'<baseline year="{start}" value="{rng.randint(0, 99)}"/>{periods}</indicator>'
    )


if __name__ == "__main__":
    main()
