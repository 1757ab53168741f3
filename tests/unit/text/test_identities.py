"""What counts as an identity, kind by kind, and what must stay."""

import pytest

from identity_texts import NAMES, found, of_kind
from safezone.text.gazetteer import data_lines


class TestPlaces:
    @pytest.mark.parametrize(
        ("text", "spans"),
        [
            ("the United States and China", ["the United States", "China"]),
            ("a Chinese and an American", ["a Chinese", "an American"]),
            ("the People's Republic of China", ["the People's Republic of China"]),
            ("the People’s Republic of China", ["the People’s Republic of China"]),
            ("Republic of Korea", ["Republic of Korea"]),
            ("Hong Kong SAR China", ["Hong Kong SAR China"]),
            ("the Chinese American", ["the Chinese", "American"]),
            ("US-China, Sino-American", ["US", "China", "Sino", "American"]),
            ("Franco–German, trans-Canadian", ["Franco", "German", "Canadian"]),
            ("Afro-Brazilian", ["Brazilian"]),
            ("the Netherlands' dykes", ["the Netherlands'"]),
            ("Germany's and France’s", ["Germany's", "France’s"]),
            ("'in the Netherlands' they say", ["the Netherlands"]),
            ("U.S., u.k., U.S.A. and U. S. too", ["U.S.", "u.k.", "U.S.A.", "U. S."]),
            ("of the U.S.Navy", ["the U.S."]),
            ("brazil and SOUTH KOREA", ["brazil", "SOUTH KOREA"]),
            ("Myanmar (Burma)", ["Myanmar (Burma)"]),
            ("Côte d’Ivoire, Cote d'Ivoire", ["Côte d’Ivoire", "Cote d'Ivoire"]),
            ("St. Lucia and Saint Lucia", ["St. Lucia", "Saint Lucia"]),
            ("Trinidad & Tobago", ["Trinidad & Tobago"]),
            ("texts in Urdu and Swahili", ["Urdu", "Swahili"]),
            ("a Chinese hamster, the Hungarian algorithm", ["a Chinese", "the Hungarian"]),
            ("Gulf of Mexico", ["Mexico"]),
            ("Frenchmen, Swedes, Poles, Spaniards", ["Frenchmen", "Swedes", "Poles", "Spaniards"]),
            ("Re\u0301union, Tu\u0308rkiye", ["Re\u0301union", "Tu\u0308rkiye"]),
        ],
    )
    def test_found(self, text: str, spans: list[str]) -> None:
        assert found(text) == [("place", span) for span in spans]

    @pytest.mark.parametrize(
        "text",
        [
            "serve turkey on fine china",
            "we polish it, let us go",
            "a jersey of wool from guinea pigs",
            "the ROC curve",
            "Antarctica and the Antarctic, Africa and Asia",
            "Indiana, Romania-like is not romaniac",
            "in may and on the isle",
            "IT, IN, US2 and DE are codes",
            "an islands effect, a saint",
            "He stood at the South Pole.",
            "euro-denominated bonds, indo",
        ],
    )
    def test_left(self, text: str) -> None:
        assert [span for span in of_kind("place", text) if span != "Romania"] == []

    @pytest.mark.parametrize("place", data_lines("contested_places.txt"))
    def test_contested_places_stay(self, place: str) -> None:
        forms = [place, place.upper(), place.lower(), place.replace(" ", "\n")]
        for form in [*forms, place.replace(" ", "-"), place.replace("-", " ")]:
            assert found(f"patrols near the {form} last year") == []

    def test_names_of_the_libraries_are_found_whole(self) -> None:
        missed = [name for name in NAMES if found(f"{name}:") != [("place", name)]]
        assert missed == []

    def test_gaps_of_the_libraries_stay_filled(self) -> None:
        for demonym in ("American", "British", "Dutch", "Swiss", "Kazakh", "Emirati", "Argentine"):
            assert found(demonym) == [("place", demonym)]


class TestPersons:
    @pytest.mark.parametrize(
        ("text", "spans"),
        [
            ("Prof. Zhang Wei spoke", ["Zhang Wei"]),
            ("Led by Olga Petrova, we sail", ["Olga Petrova"]),
            ("a team led by John Smith at sea", ["John Smith"]),
            ("Professors Ann Roe and Bo Li spoke", ["Ann Roe and Bo Li"]),
            ("PI: John Smith", ["John Smith"]),
            ("Principal Investigator Maria da Silva", ["Maria da Silva"]),
            ("Co-PI Jane Doe", ["Jane Doe"]),
            ("the co-PI Jane Doe", ["Jane Doe"]),
            ("work led by Wei Zhang", ["Wei Zhang"]),
            ("under the direction of Anna Maria Berg", ["Anna Maria Berg"]),
            ("mentored by J. Doe", ["J. Doe"]),
            ("collaborate with Jane Doe at Rice University", ["Jane Doe"]),
            ("Smith et al. (2019)", ["Smith et al"]),
            ("before (Zhang & Li, 2020)", ["Zhang & Li"]),
            ("before (Smith, 2018; Li and Wu, 2020)", ["Smith", "Li and Wu"]),
            ("Smith and Jones (2019)", ["Smith and Jones"]),
            ("as Muller (1998) shows", ["Muller"]),
        ],
    )
    def test_found(self, text: str, spans: list[str]) -> None:
        assert of_kind("person", text) == spans

    @pytest.mark.parametrize(
        "text",
        [
            "Bayes theorem, a Markov chain and Monte Carlo",
            "Calabi-Yau manifolds, Riemann surfaces and Hardy spaces",
            "a Kalman filter for Parkinson's disease",
            "led by the team and supervised by Bayesian learning",
            "The PI will travel. The professor agrees.",
            "the James Webb Space Telescope",
            "the Paris Agreement (2015)",
            "the first phase (2019)",
            "by August (2019) and in (March, 2020)",
        ],
    )
    def test_left(self, text: str) -> None:
        assert found(text) == []


class TestInstitutions:
    @pytest.mark.parametrize(
        ("text", "spans"),
        [
            ("We at Stanford University agree", ["Stanford University"]),
            (
                "the University of Oslo and University of Bergen",
                ["the University of Oslo", "University of Bergen"],
            ),
            ("Results from Duke University.", ["Duke University"]),
            ("At Yale University. We stop.", ["Yale University"]),
            ("Rice University and Google", ["Rice University"]),
            ("by Acme Sensors, Inc. The next", ["Acme Sensors, Inc"]),
            ("Fields Institute (FI) hosts; FI pays", ["Fields Institute (FI)", "FI"]),
            (
                "an NSF grant of the National Science Foundation",
                ["the National Science Foundation"],
            ),
            ("the National Institutes of Health", ["the National Institutes of Health"]),
            ("the Missile Defense Agency", ["the Missile Defense Agency"]),
            (
                "the Department of Health and Human Services",
                ["the Department of Health and Human Services"],
            ),
            ("the Department of Defense and Boeing", ["the Department of Defense"]),
        ],
    )
    def test_found(self, text: str, spans: list[str]) -> None:
        assert of_kind("institution", text) == spans

    @pytest.mark.parametrize(
        "text",
        [
            "the university, a national laboratory and a community college",
            "The University will host. The College agrees.",
            "a Community College and a National Laboratory",
            "the Army, the Navy and the Air Force",
            "the Large Hadron Collider and the Hubble Space Telescope",
            "a Vision Foundation Model for graphs",
            "nitrogen-vacancy NV centers, type AB blood",
            "Historically Black Colleges and Universities",
        ],
    )
    def test_left(self, text: str) -> None:
        assert found(text) == []

    def test_an_acronym_that_is_a_subject_stays(self) -> None:
        text = "The Turing Institute (ML) studies ML."
        assert of_kind("institution", text) == ["The Turing Institute (ML)"]


class TestLiterals:
    @pytest.mark.parametrize(
        ("text", "span"),
        [
            ("write to a.b@c.example.org.", "a.b@c.example.org"),
            ("see https://example.org/a?b=c.", "https://example.org/a?b=c"),
            ("see www.example.org/x, then", "www.example.org/x"),
            ("at doi:10.1000/xyz123.", "doi:10.1000/xyz123"),
            ("iD 0000-0002-1825-009X", "0000-0002-1825-009X"),
            ("call +86 10 6275 1234 now", "+86 10 6275 1234"),
            ("call +1 (617) 555-0123 now", "+1 (617) 555-0123"),
        ],
    )
    def test_contacts(self, text: str, span: str) -> None:
        assert found(text) == [("contact", span)]

    @pytest.mark.parametrize(
        ("text", "span"),
        [
            ("Grant No. 12345678 pays", "12345678"),
            ("award number ABC-1234567.", "ABC-1234567"),
            ("contract W911NF-18-C-0038", "W911NF-18-C-0038"),
            ("under NSF-1234567", "NSF-1234567"),
            ("and R01 GM123456 too", "R01 GM123456"),
            ("grant agreement No 101012345", "101012345"),
            ("Grants 1234567, 2345678 and 3456789", "1234567, 2345678 and 3456789"),
            ("DE-SC0012345", "DE-SC0012345"),
        ],
    )
    def test_awards(self, text: str, span: str) -> None:
        assert found(text) == [("award", span)]

    @pytest.mark.parametrize(
        "text",
        [
            "a grant in 2019, 101012345 cells and 50000 awards",
            "x@y and a+b, +5 and -40 degrees, 10-20-30",
            "CO2 at 400 ppm (n = 12345678)",
        ],
    )
    def test_left(self, text: str) -> None:
        assert found(text) == []

    def test_nothing_is_found_inside_an_address(self) -> None:
        assert found("www.china.example.org/dr-Smith") == [
            ("contact", "www.china.example.org/dr-Smith")
        ]
