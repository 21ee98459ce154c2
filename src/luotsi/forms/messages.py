"""What a person is told when an answer is missing or wrong, in three languages. When, stands in `problems`."""

from __future__ import annotations

from luotsi.forms.elements import primary

MESSAGES = {
    "required": {
        "fi": "Vastaa tähän kysymykseen.",
        "sv": "Svara på den här frågan.",
        "en": "Answer this question.",
    },
    "group": {
        "fi": "Vastaa ainakin yhteen tämän kohdan kysymykseen.",
        "sv": "Svara på minst en fråga i den här delen.",
        "en": "Answer at least one question of this part.",
    },
    "boolean": {"fi": "Valitse kyllä tai ei.", "sv": "Välj ja eller nej.", "en": "Choose yes or no."},
    "integer": {
        "fi": "Kirjoita kokonaisluku, esimerkiksi 12.",
        "sv": "Skriv ett heltal, till exempel 12.",
        "en": "Write a whole number, such as 12.",
    },
    "decimal": {
        "fi": "Kirjoita luku, esimerkiksi 36,6.",
        "sv": "Skriv ett tal, till exempel 36,6.",
        "en": "Write a number, such as 36.6.",
    },
    "date": {
        "fi": "Kirjoita päivä, esimerkiksi 31.1.2026.",
        "sv": "Skriv ett datum, till exempel 31.1.2026.",
        "en": "Write a date, such as 31.1.2026.",
    },
    "dateTime": {
        "fi": "Kirjoita päivä ja kellonaika, esimerkiksi 31.1.2026 13.30.",
        "sv": "Skriv datum och klockslag, till exempel 31.1.2026 13.30.",
        "en": "Write a date and time, such as 31.1.2026 13:30.",
    },
    "time": {
        "fi": "Kirjoita kellonaika, esimerkiksi 13.30.",
        "sv": "Skriv ett klockslag, till exempel 13.30.",
        "en": "Write a time, such as 13:30.",
    },
    "url": {
        "fi": "Kirjoita osoite, esimerkiksi https://esimerkki.fi.",
        "sv": "Skriv en adress, till exempel https://exempel.fi.",
        "en": "Write an address, such as https://example.org.",
    },
    "choice": {
        "fi": "Valitse jokin annetuista vaihtoehdoista.",
        "sv": "Välj något av alternativen.",
        "en": "Choose one of the answers given.",
    },
    "answer": {
        "fi": "Tätä vastausta ei voi antaa tähän kysymykseen.",
        "sv": "Det här svaret passar inte frågan.",
        "en": "This answer does not fit the question.",
    },
    "least": {"fi": "Pienin mahdollinen on {0}.", "sv": "Minsta möjliga är {0}.", "en": "The lowest possible is {0}."},
    "most": {"fi": "Suurin mahdollinen on {0}.", "sv": "Största möjliga är {0}.", "en": "The highest possible is {0}."},
    "short": {
        "fi": "Kirjoita vähintään {0} merkkiä.",
        "sv": "Skriv minst {0} tecken.",
        "en": "Write at least {0} characters.",
    },
    "long": {
        "fi": "Kirjoita enintään {0} merkkiä. Nyt niitä on {1}.",
        "sv": "Skriv högst {0} tecken. Nu är de {1}.",
        "en": "Write at most {0} characters. There are {1} now.",
    },
    "decimals": {
        "fi": "Kirjoita enintään {0} desimaalia.",
        "sv": "Skriv högst {0} decimaler.",
        "en": "Write at most {0} decimals.",
    },
    "pattern": {
        "fi": "Vastaus ei ole kysytyssä muodossa.",
        "sv": "Svaret har inte rätt form.",
        "en": "The answer is not in the form asked for.",
    },
    "few": {"fi": "Anna vähintään {0} vastausta.", "sv": "Ge minst {0} svar.", "en": "Give at least {0} answers."},
    "many": {"fi": "Anna enintään {0} vastausta.", "sv": "Ge högst {0} svar.", "en": "Give at most {0} answers."},
    "alone": {
        "fi": "Vaihtoehto ”{0}” ei sovi yhteen muiden kanssa.",
        "sv": "Alternativet ”{0}” kan inte väljas med andra.",
        "en": "“{0}” cannot be chosen with others.",
    },
    "size": {"fi": "Tiedosto on liian suuri.", "sv": "Filen är för stor.", "en": "The file is too large."},
    "kind": {
        "fi": "Tiedoston tyyppi voi olla {0}.",
        "sv": "Filens typ kan vara {0}.",
        "en": "The file can be of type {0}.",
    },
    "constraint": {
        "fi": "Vastaukset eivät sovi yhteen. Tarkista ne.",
        "sv": "Svaren passar inte ihop. Kontrollera dem.",
        "en": "The answers do not fit together. Check them.",
    },
    "yes": {"fi": "Kyllä", "sv": "Ja", "en": "Yes"},
    "no": {"fi": "Ei", "sv": "Nej", "en": "No"},
}


def message(key: str, language: str, *values: object) -> str:
    """A sentence in a language; Finnish where the language is none of ours."""
    texts = MESSAGES[key]
    return texts.get(primary(language), texts["fi"]).format(*values)
