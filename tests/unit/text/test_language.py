"""Language identification."""

import subprocess
import sys

import pytest

from safezone.corpus.records import Record
from safezone.text.language import detect_language

# Written for this test: what a funder might be sent in another language.
FOREIGN = {
    "de": "Wir untersuchen, wie schnell die Gletscher der Alpen in den kommenden Jahrzehnten "
    "schmelzen werden und welche Folgen das für die Wasserversorgung der Täler hat. Dazu "
    "verbinden wir Messungen an zwölf Stationen mit einem numerischen Modell des Abflusses, das "
    "wir öffentlich zugänglich machen. Zwei Doktorandinnen werden ausgebildet.",
    "fr": "Ce projet étudie la manière dont les forêts de montagne réagissent aux sécheresses "
    "répétées. Nous mesurerons la croissance des arbres sur trente parcelles, nous comparerons "
    "ces mesures avec des images prises par satellite et nous proposerons un modèle simple de la "
    "mortalité. Les résultats seront publiés librement.",
    "es": "Este proyecto analiza cómo las aves migratorias eligen los lugares donde descansan "
    "durante su viaje hacia el sur. Seguiremos a cuarenta individuos con pequeños emisores, "
    "compararemos sus rutas con los mapas de viento y publicaremos todos los datos en un "
    "repositorio abierto. El trabajo ayudará a proteger los humedales.",
    "pt": "Este projeto investiga como os recifes de coral se recuperam depois de ondas de calor "
    "no oceano. Vamos acompanhar dez recifes durante quatro anos, medir o crescimento dos corais e "
    "comparar os resultados com séries históricas de temperatura. Os dados serão publicados em "
    "acesso aberto, e dois estudantes receberão formação.",
    "ru": "В этом проекте мы изучаем, как меняется растительность северных лесов при потеплении "
    "климата. Мы сравним измерения, выполненные на двадцати участках за последние сорок лет, с "
    "современными снимками и построим модель роста деревьев. Все данные будут опубликованы в "
    "открытом доступе, а два аспиранта получат подготовку в области статистики.",
    "ar": "يدرس هذا المشروع كيفية تأثير تغير المناخ على الزراعة في المناطق الجافة. سنقوم بقياس "
    "رطوبة التربة في عشرين موقعا على مدى ثلاث سنوات، ونقارن النتائج بصور الأقمار الصناعية المتاحة "
    "للجميع، ثم نبني نموذجا بسيطا يساعد المزارعين على اختيار مواعيد الري المناسبة. ستنشر جميع "
    "البيانات مجانا وسيتم تدريب طالبين.",
    "zh": "本项目研究高原湖泊沉积物中保存的气候记录。我们将在三个湖泊采集沉积岩芯，"
    "利用花粉、同位素和粒度分析重建过去两千年的降水变化，并与树轮和冰芯记录进行比较。"
    "所有数据将公开发布，供其他研究人员使用。项目还将培养两名博士研究生，"
    "并与当地学校合作开展科普活动。",
}


@pytest.mark.parametrize("language", FOREIGN)
def test_other_languages_are_told_from_english(language: str) -> None:
    found, probability = detect_language(FOREIGN[language])
    assert found == language
    assert 0.5 < probability <= 1


def test_english_abstracts_are_english(fixture_records: list[Record]) -> None:
    for record in fixture_records:
        language, probability = detect_language(record.abstract)
        assert language == "en"
        assert 0.9 < probability <= 1


@pytest.mark.parametrize("text", ["", "  \n", "12 + 3.5 = 15,5", "--- *** ---", "😀😀", "\u0301"])
def test_without_a_letter_the_language_is_undetermined(text: str) -> None:
    assert detect_language(text) == ("und", 0.0)


@pytest.mark.parametrize("text", ["a", "\ud800a", "\x00b", "ß" * 20_000, "漢"])
def test_odd_texts_have_an_answer_with_a_probability(text: str) -> None:
    language, probability = detect_language(text)
    assert language
    assert 0 <= probability <= 1


def test_the_answer_is_the_same_again_and_in_a_new_process() -> None:
    here = detect_language(FOREIGN["pt"])
    assert detect_language(FOREIGN["pt"]) == here
    program = (
        "import sys; from safezone.text.language import detect_language; "
        "print(detect_language(sys.argv[1]))"
    )
    there = subprocess.run(
        [sys.executable, "-c", program, FOREIGN["pt"]], capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == str(here)
