"""The table of paintings: what each kind is called, how it is drawn, and in which palettes."""

from collections.abc import Callable
from dataclasses import dataclass

from training.data.noise import Rng
from training.data.paintings import abstracts, crafts, dry, graphics, nocturnes, oils, waters
from training.data.paintings.palettes import Palette
from training.data.surface import Image

Draw = Callable[[Rng, int, Palette], tuple[Image, str]]


@dataclass(frozen=True)
class Kind:
    """One kind of painting. The first noun is the commonest; every noun names the kind by itself.

    `link` joins the noun and what the picture shows. `palettes` may repeat a name to have it oftener; empty: all.
    """

    name: str
    draw: Draw
    nouns: tuple[str, ...]
    adjectives: tuple[str, ...]
    link: str = "of"
    palettes: tuple[str, ...] = ()


GREYS = ("monochrome", "monochrome", "sepia", "muted")
GLOWING = ("warm", "blue and gold", "purple and pink", "teal and orange", "autumn", "red and black", "turquoise and coral", "sepia")
DARK = ("night", "night", "blue and gold", "teal and orange", "purple and pink", "warm", "red and black", "cool", "muted")
PURE = ("vivid", "primary", "blue and gold", "purple and pink", "teal and orange", "warm", "cool", "turquoise and coral", "green", "spring")
AGED = ("earth", "muted", "sepia", "autumn", "pastel", "blue and gold", "turquoise and coral", "warm", "green")
WOVEN = ("earth", "autumn", "red and black", "blue and gold", "green", "muted", "warm", "night", "teal and orange", "sepia")

KINDS: dict[str, Kind] = {kind.name: kind for kind in (
    Kind("impasto", nocturnes.swirling_impasto,
         ("impasto painting", "swirling impasto", "swirling brushstroke painting", "post-impressionist painting", "thick impasto oil painting"),
         ("expressive", "swirling", "thickly painted"), "of",
         ("night", "night", "blue and gold", "blue and gold", "cool", "teal and orange", "purple and pink", "warm", "green", "autumn", "turquoise and coral")),
    Kind("impressionism", oils.impressionist,
         ("impressionist painting", "impressionist oil painting", "painting in the impressionist style", "impressionism"),
         ("shimmering", "loose", "light-filled"), "of"),
    Kind("pointillism", oils.pointillism,
         ("pointillist painting", "pointillism", "painting made of dots", "neo-impressionist dot painting"), ("dotted", "shimmering"), "of"),
    Kind("fauvism", oils.fauvist,
         ("fauvist painting", "fauvist landscape", "fauvism", "wild fauvist oil painting"), ("bold", "expressive", "unnatural"), "of",
         ("vivid", "vivid", "primary", "purple and pink", "teal and orange", "warm", "turquoise and coral", "spring", "autumn", "blue and gold")),
    Kind("seascape", oils.seascape,
         ("oil seascape", "seascape", "seascape in oil", "marine painting", "oil painting of waves"), ("stormy", "wide", "breezy"), ",",
         ("cool", "cool", "night", "blue and gold", "muted", "teal and orange", "turquoise and coral", "green", "warm", "pastel", "sepia", "monochrome", "purple and pink")),
    Kind("sunset", oils.sunset,
         ("sunset in oil", "oil painting of a sunset", "painted sunset", "sunset painting"), ("glowing", "burning", "peaceful"), "with", GLOWING),
    Kind("night city", nocturnes.night_city,
         ("night city in oil", "oil painting of a city at night", "city street at night", "nocturnal city painting"), ("rainy", "glowing", "moody"), "with", DARK),
    Kind("flower painting", oils.flower_piece,
         ("flower painting", "oil painting of flowers", "floral still life in oil", "flower still life"), ("lush", "blooming", "thickly painted"), ","),
    Kind("expressionist portrait", oils.oil_portrait,
         ("expressionist portrait", "oil portrait", "portrait painting", "expressionist oil portrait"), ("intense", "brooding", "expressive"), ","),
    Kind("colour field", abstracts.colour_field,
         ("colour field painting", "color field painting", "abstract colour fields", "colour field abstraction"), ("calm", "meditative", "soft", "abstract"), "with"),
    Kind("geometric grid", abstracts.colour_grid,
         ("geometric grid painting", "neoplasticist composition", "abstract grid of rectangles", "de stijl painting", "geometric abstract grid"),
         ("abstract", "balanced", "strict"), "with",
         ("primary", "primary", "primary", "vivid", "blue and gold", "monochrome", "red and black", "teal and orange", "pastel", "turquoise and coral", "warm", "cool", "green")),
    Kind("circles and lines", abstracts.circles_and_lines,
         ("abstract composition of circles and lines", "bauhaus painting", "geometric abstract painting with circles", "abstract painting with circles and lines"),
         ("musical", "dynamic", "playful"), ","),
    Kind("suprematism", abstracts.suprematism,
         ("suprematist painting", "suprematism", "suprematist composition", "constructivist painting"), ("abstract", "dynamic", "austere"), "with",
         ("primary", "primary", "red and black", "red and black", "muted", "monochrome", "vivid", "earth", "teal and orange", "blue and gold", "green")),
    Kind("drip painting", abstracts.drip,
         ("drip painting", "action painting", "abstract drip painting", "splatter painting", "abstract expressionist splatter"), ("wild", "energetic", "abstract"), "with"),
    Kind("op art", abstracts.op_art,
         ("op art", "op art painting", "optical illusion art", "optical art"), ("hypnotic", "dizzying", "abstract"), "with",
         ("monochrome", "monochrome", "monochrome", "red and black", "blue and gold", "teal and orange", "primary", "purple and pink", "cool", "vivid", "turquoise and coral", "green")),
    Kind("cubism", abstracts.cubist,
         ("cubist painting", "cubism", "cubist composition", "faceted cubist painting"), ("fragmented", "angular", "analytical"), "of",
         ("earth", "earth", "sepia", "muted", "monochrome", "autumn", "teal and orange", "blue and gold", "cool", "warm", "green", "vivid")),
    Kind("surrealist shapes", abstracts.biomorphic,
         ("surrealist abstract painting", "biomorphic abstraction", "surrealist painting of floating shapes", "biomorphic painting"), ("dreamlike", "playful", "whimsical"), "with"),
    Kind("ink wash", waters.ink_wash,
         ("ink wash painting", "chinese ink painting", "sumi-e landscape", "shan shui ink landscape", "ink wash landscape"), ("misty", "quiet", "traditional"), "of", GREYS),
    Kind("watercolour", waters.watercolour,
         ("watercolour landscape", "watercolor painting", "watercolour", "watercolor landscape", "loose watercolour sketch"), ("loose", "airy", "bleeding"), "of"),
    Kind("enso", waters.enso,
         ("enso", "zen circle", "minimalist enso circle", "brush-drawn zen circle", "calligraphic enso"), ("minimalist", "bold", "calm"), ",",
         ("monochrome", "monochrome", "sepia", "night", "red and black")),
    Kind("batik", waters.batik,
         ("batik", "batik fabric", "wax resist batik", "dyed batik cloth"), ("crackled", "traditional", "ornamental"), "with"),
    Kind("charcoal", dry.charcoal,
         ("charcoal drawing", "charcoal sketch", "drawing in charcoal", "smudged charcoal drawing"), ("rough", "dramatic", "smudged"), "of", GREYS),
    Kind("pastel", dry.pastel,
         ("chalk pastel drawing", "soft pastel painting", "pastel chalk drawing", "drawing in soft pastels"), ("soft", "dusty", "tender"), "of"),
    Kind("crayon", dry.crayon,
         ("child's crayon drawing", "crayon drawing", "wax crayon drawing", "kids drawing in crayon"), ("naive", "childlike", "cheerful"), "of",
         ("vivid", "vivid", "vivid", "primary", "spring", "warm", "blue and gold", "purple and pink", "teal and orange", "autumn", "green", "turquoise and coral")),
    Kind("gouache", dry.gouache,
         ("gouache still life", "gouache painting", "flat gouache painting", "still life in gouache"), ("matte", "flat", "simple"), "of"),
    Kind("woodcut", graphics.woodcut,
         ("woodcut", "linocut", "woodcut print", "linocut print", "black woodblock print"), ("bold", "rough", "high-contrast"), "of"),
    Kind("pop art", graphics.pop_art,
         ("pop art", "pop art print", "halftone pop art", "comic style pop art", "pop art screenprint"), ("bold", "graphic", "retro"), "of",
         ("primary", "primary", "vivid", "vivid", "purple and pink", "teal and orange", "turquoise and coral", "warm", "blue and gold", "spring", "cool", "monochrome")),
    Kind("art deco", graphics.art_deco,
         ("art deco poster", "art deco print", "1920s art deco poster", "art deco design"), ("elegant", "symmetrical", "glamorous"), "of"),
    Kind("paper cut", graphics.paper_cut,
         ("paper cut-out collage", "paper cut art", "layered papercut", "paper collage", "cut paper collage"), ("layered", "simple", "decorative"), "of"),
    Kind("graffiti", graphics.graffiti,
         ("graffiti", "spray paint graffiti", "street art graffiti", "graffiti mural"), ("urban", "bold", "dripping"), ",",
         ("vivid", "vivid", "primary", "purple and pink", "teal and orange", "turquoise and coral", "warm", "cool", "blue and gold", "spring", "red and black", "monochrome", "night", "green")),
    Kind("mosaic", crafts.mosaic,
         ("roman mosaic", "mosaic picture", "byzantine mosaic", "mosaic of small stones", "tessera mosaic"), ("ancient", "glittering", "decorative"), "of"),
    Kind("stained glass", crafts.stained_glass,
         ("stained glass window", "stained glass", "leaded stained glass", "stained glass church window"), ("glowing", "luminous", "gothic"), "with", PURE),
    Kind("fresco", crafts.fresco,
         ("fresco", "cracked fresco", "renaissance fresco", "old fresco on plaster", "wall fresco"), ("ancient", "weathered", "peeling"), "of", AGED),
    Kind("tapestry", crafts.tapestry,
         ("tapestry", "woven tapestry", "medieval tapestry", "wool tapestry"), ("woven", "antique", "ornate"), "of", WOVEN),
)}
