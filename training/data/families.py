"""The table of materials: how each is called, coloured, qualified and drawn."""

from collections.abc import Callable
from dataclasses import dataclass

from training.data import cloth, masonry, metal, nature, pattern, polymer, stone, wood
from training.data import colours as c
from training.data.noise import Rng
from training.data.surface import Surface

Draw = Callable[[Rng, int, c.Tones, frozenset[str]], Surface]

TONE = ("dark", "light")
SIZE = ("large", "small")
GRAIN = ("rough", "smooth")
HARD = (*GRAIN, *SIZE, *TONE, "weathered", "dirty", "mossy", "cracked", "wet", "dusty", "worn", "painted", "snowy")
LAID = (*HARD, "regular", "irregular")
GROUND = (*SIZE, *TONE, "wet", "snowy", "mossy")
SOFT = (*SIZE, *TONE, "dirty", "worn", "dusty")
PLAIN = (*SIZE, *TONE, "weathered", "dirty", "dusty")
METALLIC = (*TONE, "dirty", "dusty", "worn", "rusty", "weathered", "wet")
SHEET = (*METALLIC, *SIZE, "painted", "snowy")


@dataclass(frozen=True)
class Family:
    """One material. In `nouns`, {} stands where colour and qualities go; the first noun is the commonest."""

    name: str
    draw: Draw
    nouns: tuple[str, ...]
    palette: c.Palette
    traits: tuple[str, ...] = PLAIN
    default: str = ""  # the colour that goes without saying
    weight: float = 1.0


def _only(palette: c.Palette, *names: str) -> c.Palette:
    return {name: palette[name] for name in names}


FAMILIES: tuple[Family, ...] = (
    Family("brick", masonry.brick_wall,
           ("{} brick wall", "wall of {} bricks", "{} bricks", "{} brickwork", "{} brick facade", "{} masonry"),
           c.BRICK, LAID, "red", 2.2),
    Family("painted brick", masonry.painted_brick,
           ("{} painted brick wall", "brick wall painted {}", "{} painted bricks", "{} painted brickwork"), c.DYE,
           (*SIZE, *TONE, *GRAIN, "dirty", "dusty", "weathered", "wet", "regular", "irregular"), "white", 0.8),
    Family("stone wall", masonry.stone_wall,
           ("{} stone wall", "wall of {} stones", "{} castle wall", "{} stone blocks", "{} rubble wall"), c.STONE, LAID, "grey"),
    Family("cobblestone", masonry.cobblestone,
           ("{} cobblestone", "{} cobblestones", "{} cobbled street", "{} setts"), c.STONE,
           tuple(t for t in LAID if t not in ("cracked", "painted")), "grey"),
    Family("pebbles", masonry.pebbles, ("{} pebbles", "{} river stones", "{} beach pebbles", "{} shingle"), c.STONE,
           (*GROUND, "dirty", "dusty"), "grey", 0.7),
    Family("gravel", stone.gravel, ("{} gravel", "{} crushed stone", "{} gravel path", "{} chippings"), c.STONE,
           (*GROUND, "dirty", "dusty"), "grey", 0.8),
    Family("ceramic tiles", masonry.ceramic_tiles,
           ("{} ceramic tiles", "{} tiles", "{} tiled wall", "{} bathroom tiles", "{} porcelain tiles", "{} glazed tiles"),
           c.DYE, (*SIZE, *TONE, "dirty", "cracked", "dusty", "wet"), "white", 1.2),
    Family("mosaic", masonry.mosaic, ("{} mosaic", "{} mosaic tiles", "{} tesserae", "{} stone mosaic"), c.DYE,
           (*SIZE, "dirty", "dusty", "worn", "cracked", "regular", "irregular"), "blue", 0.8),
    Family("glass mosaic", masonry.glass_mosaic,
           ("{} glass mosaic", "{} glass tiles", "{} pool tiles", "{} glass mosaic tiles"), c.DYE,
           (*SIZE, *TONE, "dirty", "wet", "dusty"), "turquoise", 0.8),
    Family("roof tiles", masonry.roof_tiles, ("{} roof tiles", "{} tiled roof", "{} clay shingles", "roof of {} tiles"), c.ROOF,
           (*SIZE, *TONE, "weathered", "mossy", "dirty", "wet", "snowy"), "red"),
    Family("scales", masonry.fish_scales,
           ("{} scales", "{} fish scales", "{} dragon scales", "{} mermaid scales", "{} scaly skin"),
           {**c.DYE, "gold": c.METAL["gold"], "silver": c.METAL["silver"]}, (*SIZE, *TONE, "wet"), "green", 1.2),
    Family("paving", masonry.paving, ("{} paving slabs", "{} stone floor", "{} flagstones", "{} pavement"), c.STONE, LAID,
           "grey", 0.7),
    Family("wood planks", wood.wood_planks,
           ("{} wood planks", "{} wooden planks", "{} wooden boards", "{} plank wall", "{} timber planks", "{} wood floor",
            "{} floorboards"),
           c.WOOD, HARD, "brown", 2.2),
    Family("wood", wood.wood_grain,
           ("{} wood", "{} wood grain", "{} polished wood", "{} wooden surface", "{} timber", "{} wood veneer"), c.WOOD,
           (*GRAIN, *SIZE, *TONE, "dirty", "weathered", "cracked", "worn", "painted", "dusty", "wet"), "brown", 1.3),
    Family("parquet", wood.parquet, ("{} parquet", "{} parquet floor", "{} parquetry"),
           _only(c.WOOD, "brown", "oak", "walnut", "pine", "red"), (*TONE, "dirty", "worn", "dusty", "wet"), "brown", 0.6),
    Family("bark", wood.bark, ("{} bark", "{} tree bark", "{} tree trunk"),
           _only(c.WOOD, "brown", "dark brown", "grey", "black"), (*SIZE, *TONE, "mossy", "wet", "snowy"), "brown", 0.8),
    Family("wicker", wood.wicker, ("{} wicker", "{} woven basket", "{} rattan", "{} basketwork"),
           _only(c.WOOD, "oak", "pine", "brown", "white", "walnut"), SOFT, "oak", 0.8),
    Family("cork", wood.cork, ("{} cork", "{} cork board", "{} pressed cork"), c.CORK, (*SIZE, *TONE, "dirty", "worn"), "brown", 0.7),
    Family("thatch", wood.thatch, ("{} thatch", "{} straw", "{} thatched roof", "{} hay"), c.STRAW,
           (*SIZE, *TONE, "mossy", "wet", "snowy", "weathered"), "golden", 0.7),
    Family("marble", stone.marble,
           ("{} marble", "{} polished marble", "{} marble slab", "{} marble stone", "{} veined marble"), c.MARBLE,
           (*SIZE, *TONE, "cracked", "dusty", "wet"), "white", 2.2),
    Family("granite", stone.granite, ("{} granite", "{} speckled granite", "{} granite stone", "{} granite countertop"), c.STONE,
           (*GRAIN, *SIZE, *TONE, "wet", "cracked", "mossy"), "grey", 0.8),
    Family("slate", stone.slate, ("{} slate", "{} slate rock", "{} layered slate"),
           _only(c.STONE, "dark grey", "blue grey", "grey", "black", "green"),
           (*GRAIN, *TONE, "wet", "mossy", "dusty", "snowy"), "dark grey", 0.8),
    Family("stone", stone.rock, ("{} stone", "{} rock", "{} rock face", "{} rough stone", "{} cliff"), c.STONE, HARD, "grey", 1.3),
    Family("obsidian", stone.obsidian, ("{} obsidian", "{} volcanic glass", "{} obsidian rock"), c.OBSIDIAN,
           (*SIZE, *TONE, "dusty", "wet"), "black", 0.7),
    Family("concrete", stone.concrete, ("{} concrete", "{} concrete wall", "{} cement", "{} cast concrete"),
           _only(c.STONE, "grey", "dark grey", "white", "beige", "blue grey"), HARD, "grey"),
    Family("tarmac", stone.tarmac, ("{} tarmac", "{} asphalt", "{} asphalt road", "{} street"), c.TARMAC,
           (*SIZE, *TONE, "wet", "cracked", "dirty", "dusty", "snowy"), "grey", 0.8),
    Family("plaster", stone.plaster, ("{} plaster", "{} plaster wall", "{} stucco", "{} painted wall", "{} rendered wall"), c.DYE,
           (*GRAIN, *TONE, "cracked", "dirty", "weathered", "mossy", "wet"), "white"),
    Family("terrazzo", stone.terrazzo, ("{} terrazzo", "{} terrazzo floor"), c.DYE, (*SIZE, "wet", "dirty"), "white", 0.6),
    Family("sandstone", stone.sandstone, ("{} sandstone", "{} layered sandstone", "{} canyon rock"), c.EARTH,
           (*GRAIN, *SIZE, *TONE, "cracked", "wet", "snowy"), "yellow", 0.8),
    Family("cracked earth", stone.cracked_earth,
           ("{} cracked earth", "{} dry mud", "{} cracked soil", "{} desert ground"), c.EARTH, ("rough", *SIZE, *TONE), "brown"),
    Family("sand", stone.sand, ("{} sand", "{} sand dunes", "{} beach sand", "{} rippled sand"), c.EARTH,
           ("smooth", *SIZE, *TONE, "wet"), "yellow"),
    Family("soil", stone.soil, ("{} soil", "{} dirt", "{} earth", "{} garden soil"), c.EARTH, GROUND, "brown", 0.6),
    Family("jade", stone.gem, ("{} jade", "{} gemstone", "{} polished gem", "{} onyx"), c.GEM, (*TONE, "cracked", "dusty"),
           "green", 0.9),
    Family("crystal", stone.crystal, ("{} crystal", "{} crystals", "{} faceted gem", "{} diamond facets"), c.GEM,
           (*SIZE, *TONE), "blue", 0.8),
    Family("brushed metal", metal.brushed_metal,
           ("{} brushed metal", "brushed {} metal", "{} metal", "brushed {}", "{} brushed sheet metal"), c.METAL,
           (*GRAIN, *METALLIC), "steel", 2.2),
    Family("polished metal", metal.polished_metal, ("polished {} metal", "shiny {} metal", "smooth {} metal"), c.METAL,
           METALLIC, "silver", 0.8),
    Family("chrome", metal.chrome, ("{} chrome", "{} chrome plating", "liquid {} metal", "{} mirror metal"),
           _only(c.METAL, "silver", "gold", "copper", "black", "blue"), (*SIZE, *TONE, "dirty", "dusty"), "silver", 0.8),
    Family("foil", metal.foil, ("{} foil", "crumpled {} foil", "{} metal foil", "{} wrapping foil"), c.FOIL,
           (*SIZE, *TONE), "silver", 0.8),
    Family("hammered metal", metal.hammered_metal, ("hammered {} metal", "{} hammered metal", "beaten {} metal"), c.METAL,
           (*SIZE, *METALLIC), "copper", 0.8),
    Family("rust", metal.rust, ("{} rust", "{} rusted iron", "{} corroded metal", "{} rusty iron"), c.RUST, (*TONE, "wet", "dusty"),
           "brown"),
    Family("rusty metal", metal.rusty_metal, ("rusty {} metal", "{} metal with rust", "rusted {} sheet metal"),
           _only(c.METAL, "steel", "silver", "black", "blue", "red"), (*TONE, "dirty", "wet"), "steel", 0.8),
    Family("chipped paint", metal.chipped_paint,
           ("{} chipped paint", "peeling {} paint", "{} painted rusty metal", "chipped {} painted metal"), c.DYE,
           (*TONE, "dirty", "wet", "dusty"), "green"),
    Family("diamond plate", metal.diamond_plate, ("{} diamond plate", "{} tread plate", "{} metal floor plate"), c.METAL, SHEET,
           "steel", 0.7),
    Family("corrugated metal", metal.corrugated_metal, ("{} corrugated metal", "{} corrugated iron", "{} metal siding"),
           c.METAL, SHEET, "steel", 0.7),
    Family("plastic", polymer.plastic, ("{} plastic", "{} plastic panel", "{} moulded plastic", "{} polymer shell"), c.DYE,
           (*GRAIN, *SIZE, *TONE, "dirty", "dusty", "worn", "wet"), "white", 0.8),
    Family("rubber", polymer.rubber, ("{} rubber", "{} rubber mat", "{} studded rubber", "{} rubber flooring"), c.DYE,
           (*SIZE, *TONE, "dirty", "dusty", "worn", "wet"), "black", 0.8),
    Family("fabric", cloth.woven_fabric, ("{} fabric", "{} woven fabric", "{} cloth", "{} linen", "{} canvas", "{} cotton"), c.DYE,
           SOFT, "beige", 1.2),
    Family("denim", cloth.denim, ("{} denim", "{} jeans", "{} denim cloth"), c.DENIM, SOFT, "blue", 0.8),
    Family("felt", cloth.felt, ("{} felt", "{} wool felt", "{} felt cloth"), c.DYE, SOFT, "grey", 0.7),
    Family("carpet", cloth.carpet, ("{} carpet", "{} loop pile carpet", "{} rug", "{} fitted carpet"), c.DYE, SOFT, "grey", 0.8),
    Family("knit", cloth.knit, ("{} knit", "{} knitted wool", "{} wool sweater", "{} knitting"), c.DYE, SOFT, "grey"),
    Family("velvet", cloth.velvet, ("{} velvet", "{} silk", "{} satin", "{} curtain", "{} drapery"), c.DYE, (*TONE, "dusty"), "red", 0.8),
    Family("leather", cloth.leather, ("{} leather", "{} cow leather", "{} leather hide"), c.DYE, ("weathered", *SOFT), "brown", 1.2),
    Family("fur", cloth.fur, ("{} fur", "{} animal fur", "{} hair"), c.FUR, (*TONE, *SIZE), "brown"),
    Family("quilt", cloth.quilt, ("{} quilted leather", "{} padded upholstery", "{} quilt"), c.DYE, SOFT, "black", 0.6),
    Family("plaid", cloth.plaid, ("{} plaid", "{} tartan", "{} plaid fabric"), c.DYE, ("dark", *SIZE, "dirty", "worn"), "red", 0.6),
    Family("paper", cloth.paper, ("{} paper", "{} sheet of paper", "{} cardboard"), c.DYE, (*GRAIN, "dirty", "dusty"), "white", 0.8),
    Family("grass", nature.grass, ("{} grass", "{} lawn", "{} meadow grass", "{} turf"), c.GREENERY, (*TONE, *SIZE, "snowy"), "green", 1.2),
    Family("moss", nature.moss, ("{} moss", "{} mossy ground"), _only(c.GREENERY, "green", "dark green", "yellow", "brown"),
           (*TONE, *SIZE, "wet", "snowy"), "green", 0.8),
    Family("leaves", nature.leaves, ("{} leaves", "{} foliage", "{} ivy", "{} fallen leaves"), c.GREENERY,
           (*TONE, *SIZE, "wet", "snowy"), "green"),
    Family("flowers", nature.flowers, ("{} flowers", "{} blossoms", "{} flower meadow"),
           _only(c.DYE, "red", "yellow", "white", "pink", "purple", "blue", "orange"), SIZE, "pink", 0.7),
    Family("coral", nature.coral, ("{} coral", "{} brain coral", "{} coral reef"), c.CORAL, (*SIZE, *TONE, "wet"), "orange", 0.7),
    Family("bone", nature.bone, ("{} bone", "{} ivory", "{} old bone", "{} horn"), c.IVORY,
           ("smooth", *TONE, "cracked", "dirty", "dusty"), "ivory", 0.7),
    Family("snow", nature.snow, ("{} snow", "{} fresh snow", "{} snowy ground"), c.SNOW, (*GRAIN, "dirty", "large", "small"), "white", 0.6),
    Family("ice", nature.ice, ("{} ice", "{} frozen lake", "{} cracked ice"), c.ICE, (*TONE, *SIZE, "snowy"), "blue", 0.8),
    Family("lava", nature.lava, ("{} lava", "{} molten lava", "{} volcanic magma"), c.LAVA, ("dark", *SIZE), "red", 0.9),
    Family("water", nature.water, ("{} water", "{} sea water", "{} pool water", "{} ocean waves"), c.WATER, (*TONE, *SIZE), "blue"),
    Family("clouds", nature.sky, ("{} clouds", "{} cloudy sky", "{} sky"), c.SKY, (*TONE, *SIZE), "blue", 0.8),
    Family("reptile skin", nature.hide, ("{} reptile skin", "{} snake skin", "{} crocodile skin", "{} lizard skin"),
           {**c.GREENERY, "black": c.DYE["black"], "grey": c.DYE["grey"]}, (*SIZE, *TONE, "wet", "dusty"), "green", 0.8),
    Family("leopard", nature.animal_spots, ("{} leopard fur", "{} leopard print", "{} spotted fur"),
           _only(c.FUR, "golden", "white", "brown"), (*TONE, *SIZE), "golden", 0.6),
    Family("checkerboard", pattern.checker, ("{} checkerboard", "{} checkered pattern", "{} chess board", "{} checkered floor"), c.DYE,
           (*SIZE, "dirty", "worn", "cracked", "dusty"), "black", 0.7),
    Family("stripes", pattern.stripes, ("{} stripes", "{} striped pattern", "{} striped wallpaper"), c.DYE,
           (*SIZE, "horizontal", "diagonal", "worn"), "blue", 0.7),
    Family("dots", pattern.dots, ("{} polka dots", "{} dots", "{} dotted pattern"), c.DYE, SIZE, "red", 0.7),
    Family("oil paint", pattern.brush_strokes, ("{} oil paint", "{} brush strokes", "{} impasto painting", "{} thick paint"), c.DYE,
           (*SIZE, *TONE, "cracked"), "blue", 1.1),
    Family("watercolour", pattern.watercolour, ("{} watercolor", "{} watercolour wash", "{} ink wash"), c.DYE, ("light", *SIZE), "blue", 0.8),
    Family("camouflage", pattern.camouflage, ("{} camouflage", "{} army camouflage", "{} camo pattern"),
           {"green": ((0.40, 0.42, 0.26), (0.24, 0.30, 0.16), (0.35, 0.26, 0.17), (0.12, 0.13, 0.10)),
            "desert": ((0.78, 0.69, 0.52), (0.62, 0.50, 0.34), (0.50, 0.38, 0.25), (0.86, 0.80, 0.66)),
            "grey": ((0.55, 0.56, 0.57), (0.37, 0.38, 0.40), (0.72, 0.73, 0.74), (0.20, 0.21, 0.22))},
           (*SIZE, "dirty", "worn"), "green", 0.7),
    Family("stained glass", pattern.stained_glass, ("{} stained glass", "{} church window", "{} stained glass window"), c.DYE,
           (*SIZE, "dark", "dusty"), "blue", 0.7),
    Family("honeycomb", pattern.honeycomb, ("{} honeycomb", "{} hexagons", "{} hexagonal pattern"),
           {**c.DYE, "golden": c.MARBLE["golden"]}, (*SIZE, "dark"), "golden", 0.6),
    Family("ring mesh", metal.ring_mesh, ("{} ring mesh", "{} mesh of rings", "{} linked rings", "{} metal rings"), c.METAL,
           (*SIZE, *TONE, "dirty", "dusty"), "silver", 1.6),
    Family("banded stone", stone.banded, ("{} banded stone", "{} stone with bands", "{} banded gem", "{} banded rock"), c.BANDED,
           (*SIZE, *TONE, "dusty"), "green", 1.6),
    Family("poles", wood.poles, ("{} poles", "{} jointed poles", "wall of {} poles", "{} pole fence"), c.POLE,
           (*SIZE, *TONE, "dirty", "wet"), "yellow", 1.6),
    Family("ribbed cloth", cloth.ribbed_cloth, ("{} ribbed cloth", "{} ribbed fabric", "{} corded cloth", "{} cords"), c.DYE,
           SOFT, "brown", 1.6),
    Family("sacking", cloth.sacking, ("{} sacking", "{} coarse sacking", "{} coarse weave", "{} sack"), c.SACKING, SOFT,
           "golden", 1.6),
    Family("frost", nature.frost, ("{} frost", "{} frost crystals", "{} frosted window", "{} frost needles"), c.FROST,
           (*SIZE, *TONE), "white", 1.6),
    Family("fronds", nature.fronds, ("{} fronds", "{} water plants", "{} long fronds", "{} hanging fronds"),
           _only(c.GREENERY, "green", "dark green", "brown", "red"), (*SIZE, *TONE, "wet"), "green", 1.6),
    Family("resin", polymer.resin, ("{} resin", "{} clear resin", "{} hardened resin", "{} tree resin"), c.RESIN,
           (*SIZE, *TONE), "orange", 1.6),
)
