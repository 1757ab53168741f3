"""Texts of our own for tests of the assessor."""

# 64 words, no identity in it, no number.
ENGLISH = (
    "Permafrost stores carbon that warming may release. We will measure how methane and carbon "
    "dioxide leave thawing soil along a gradient of moisture, and compare the fluxes with a model "
    "of microbial growth. Cores are taken by hand each summer. All measurements, protocols and "
    "model code will be published openly, so that other groups can repeat the analysis and improve "
    "forecasts of climate feedbacks."
)
ENGLISH_WORDS = 64

OTHER_LANGUAGES = {
    "de": (
        "Der Permafrost speichert Kohlenstoff, den die Erwärmung freisetzen kann. Wir messen, "
        "wie Methan und Kohlendioxid aus tauenden Böden entlang eines Feuchtegradienten "
        "entweichen, und vergleichen die Flüsse mit einem Modell des mikrobiellen Wachstums. "
        "Alle Messungen, Protokolle und der Programmcode werden offen veröffentlicht, damit "
        "andere Gruppen die Auswertung wiederholen und Vorhersagen verbessern können."
    ),
    "fr": (
        "Le pergélisol stocke du carbone que le réchauffement peut libérer. Nous mesurerons "
        "comment le méthane et le dioxyde de carbone quittent les sols en dégel le long d'un "
        "gradient d'humidité, et nous comparerons ces flux à un modèle de croissance "
        "microbienne. Toutes les mesures et le code seront publiés, afin que d'autres équipes "
        "puissent refaire l'analyse."
    ),
    "es": (
        "El permafrost almacena carbono que el calentamiento puede liberar. Mediremos cómo el "
        "metano y el dióxido de carbono salen de los suelos que se descongelan a lo largo de un "
        "gradiente de humedad y compararemos los flujos con un modelo de crecimiento "
        "microbiano. Todas las medidas y el código se publicarán para que otros grupos puedan "
        "repetir el análisis."
    ),
    "ru": (
        "Вечная мерзлота хранит углерод, который может высвободиться при потеплении. Мы "
        "измерим, как метан и углекислый газ выходят из оттаивающих почв вдоль градиента "
        "влажности, и сравним потоки с моделью роста микроорганизмов. Все измерения, протоколы "
        "и программный код будут опубликованы, чтобы другие группы могли повторить анализ и "
        "улучшить прогнозы."
    ),
    "zh": (
        "多年冻土储存着大量的碳，气候变暖可能使其释放出来。我们将沿着土壤湿度梯度测量甲烷和二氧化碳从融化的土壤中"
        "释放的过程，并将通量与微生物生长模型进行比较。每年夏天人工采集岩芯样品。所有的测量数据、实验方案和模型代码"
        "都将公开发布，以便其他研究小组能够重复分析，并改进对气候反馈的预测。该项目还将培养两名博士研究生，并为当地"
        "学校的学生举办公开讲座，介绍冻土研究的方法和意义。"
    ),
    "ja": (
        "永久凍土には大量の炭素が蓄えられており、温暖化によって放出される可能性がある。本研究では、土壌水分の勾配に"
        "沿って融解する土壌からメタンと二酸化炭素がどのように放出されるかを測定し、微生物の増殖モデルと比較する。"
        "すべての測定データ、手順、プログラムは公開され、他の研究グループが解析を再現し、気候予測を改善できるように"
        "する。また、博士課程の学生二名を育成し、地域の学校で公開講座を開く。"
    ),
}
