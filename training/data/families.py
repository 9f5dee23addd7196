"""The table of materials: how each is called, coloured, qualified and drawn."""

from collections.abc import Callable
from dataclasses import dataclass

from training.data import cloth, masonry, metal, nature, pattern, stone, wood
from training.data import colours as c
from training.data.noise import Rng
from training.data.surface import Surface

Draw = Callable[[Rng, int, c.Tones, frozenset[str]], Surface]

HARD = ("weathered", "dirty", "mossy", "cracked", "rough", "smooth", "large", "small", "dark", "light", "wet")
SOFT = ("dirty", "dark", "light", "large", "small")
POLISHED = ("dark", "light", "cracked", "large", "small")
PLAIN = ("dark", "light", "large", "small", "weathered", "dirty")


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
           ("{} brick wall", "wall of {} bricks", "{} bricks", "{} brickwork", "{} brick facade"),
           c.BRICK, HARD, "red", 2.2),
    Family("stone wall", masonry.stone_wall, ("{} stone wall", "wall of {} stones", "{} castle wall", "{} stone blocks"),
           c.STONE, HARD, "grey"),
    Family("cobblestone", masonry.cobblestone, ("{} cobblestone", "{} cobblestones", "{} cobbled street"),
           c.STONE, HARD, "grey"),
    Family("pebbles", masonry.pebbles, ("{} pebbles", "{} gravel", "{} river stones"), c.STONE,
           ("wet", "large", "small", "dark", "light", "dirty"), "grey", 0.7),
    Family("ceramic tiles", masonry.ceramic_tiles,
           ("{} ceramic tiles", "{} tiles", "{} tiled wall", "{} bathroom tiles", "{} porcelain tiles"),
           c.DYE, ("dirty", "cracked", "large", "small", "dark", "light"), "white", 1.2),
    Family("mosaic", masonry.mosaic, ("{} mosaic", "{} mosaic tiles"), c.DYE, ("large", "small", "dirty"), "blue", 0.8),
    Family("roof tiles", masonry.roof_tiles, ("{} roof tiles", "{} tiled roof", "{} clay shingles"), c.ROOF,
           ("weathered", "mossy", "dirty", "large", "small", "dark", "light"), "red"),
    Family("scales", masonry.fish_scales, ("{} scales", "{} fish scales", "{} dragon scales", "{} mermaid scales"),
           {**c.DYE, "gold": c.METAL["gold"], "silver": c.METAL["silver"]}, ("large", "small", "dark", "light", "wet"),
           "green", 1.2),
    Family("paving", masonry.paving, ("{} paving slabs", "{} stone floor", "{} flagstones"), c.STONE, HARD, "grey", 0.7),
    Family("wood planks", wood.wood_planks,
           ("{} wood planks", "{} wooden planks", "{} wooden boards", "{} plank wall", "{} timber planks", "{} wood floor"),
           c.WOOD, HARD, "brown", 2.2),
    Family("wood", wood.wood_grain, ("{} wood", "{} wood grain", "{} polished wood", "{} wooden surface", "{} timber"),
           c.WOOD, ("rough", "smooth", "dark", "light", "large", "small", "dirty", "weathered"), "brown", 1.3),
    Family("parquet", wood.parquet, ("{} parquet", "{} parquet floor"), _only(c.WOOD, "brown", "oak", "walnut", "pine", "red"),
           ("dark", "light", "dirty"), "brown", 0.6),
    Family("bark", wood.bark, ("{} bark", "{} tree bark", "{} tree trunk"), _only(c.WOOD, "brown", "dark brown", "grey", "black"),
           ("mossy", "dark", "light", "large", "small", "wet"), "brown", 0.8),
    Family("wicker", wood.wicker, ("{} wicker", "{} woven basket", "{} rattan"), _only(c.WOOD, "oak", "pine", "brown", "white", "walnut"),
           ("dark", "light", "large", "small", "dirty"), "oak", 0.8),
    Family("marble", stone.marble, ("{} marble", "{} polished marble", "{} marble slab", "{} marble stone", "{} veined marble"),
           c.MARBLE, POLISHED, "white", 2.2),
    Family("granite", stone.granite, ("{} granite", "{} speckled granite", "{} granite stone"), c.STONE,
           ("dark", "light", "rough", "smooth", "large", "small"), "grey", 0.8),
    Family("slate", stone.slate, ("{} slate", "{} slate rock", "{} layered slate"), _only(c.STONE, "dark grey", "blue grey", "grey", "black", "green"),
           ("wet", "dark", "light", "rough", "smooth", "mossy"), "dark grey", 0.8),
    Family("stone", stone.rock, ("{} stone", "{} rock", "{} rock face", "{} rough stone", "{} cliff"), c.STONE, HARD, "grey", 1.3),
    Family("concrete", stone.concrete, ("{} concrete", "{} concrete wall", "{} cement"), _only(c.STONE, "grey", "dark grey", "white", "beige", "blue grey"),
           ("cracked", "dirty", "mossy", "rough", "smooth", "dark", "light", "wet"), "grey"),
    Family("plaster", stone.plaster, ("{} plaster", "{} plaster wall", "{} stucco", "{} painted wall"), c.DYE,
           ("cracked", "dirty", "rough", "smooth", "dark", "light", "weathered"), "white"),
    Family("terrazzo", stone.terrazzo, ("{} terrazzo", "{} terrazzo floor"), c.DYE, ("large", "small"), "white", 0.6),
    Family("sandstone", stone.sandstone, ("{} sandstone", "{} layered sandstone", "{} canyon rock"), c.EARTH,
           ("rough", "smooth", "dark", "light", "large", "small"), "yellow", 0.8),
    Family("cracked earth", stone.cracked_earth, ("{} cracked earth", "{} dry mud", "{} cracked soil", "{} desert ground"), c.EARTH,
           ("large", "small", "rough", "dark", "light"), "brown"),
    Family("sand", stone.sand, ("{} sand", "{} sand dunes", "{} beach sand", "{} rippled sand"), c.EARTH,
           ("smooth", "large", "small", "dark", "light", "wet"), "yellow"),
    Family("soil", stone.soil, ("{} soil", "{} dirt", "{} earth"), c.EARTH, ("wet", "dark", "light", "mossy"), "brown", 0.6),
    Family("jade", stone.gem, ("{} jade", "{} gemstone", "{} polished gem", "{} onyx"), c.GEM, ("dark", "light", "cracked"), "green", 0.9),
    Family("crystal", stone.crystal, ("{} crystal", "{} crystals", "{} faceted gem", "{} diamond facets"), c.GEM,
           ("dark", "light", "large", "small"), "blue", 0.8),
    Family("brushed metal", metal.brushed_metal,
           ("{} brushed metal", "brushed {} metal", "{} metal", "brushed {}", "{} brushed sheet metal"),
           c.METAL, ("rough", "smooth", "dark", "light", "dirty"), "steel", 2.2),
    Family("polished metal", metal.polished_metal, ("polished {} metal", "shiny {} metal", "{} chrome", "smooth {} metal"), c.METAL,
           ("dark", "light", "dirty"), "silver", 0.8),
    Family("hammered metal", metal.hammered_metal, ("hammered {} metal", "{} hammered metal", "beaten {}"), c.METAL,
           ("large", "small", "dark", "light", "dirty"), "copper", 0.8),
    Family("rust", metal.rust, ("{} rust", "{} rusted iron", "{} corroded metal", "{} rusty iron"), c.RUST, ("dark", "light", "wet"), "brown"),
    Family("rusty metal", metal.rusty_metal, ("rusty {} metal", "{} metal with rust", "rusted {} sheet metal"),
           _only(c.METAL, "steel", "silver", "black", "blue", "red"), ("dark", "light", "dirty"), "steel", 0.8),
    Family("chipped paint", metal.chipped_paint, ("{} chipped paint", "peeling {} paint", "{} painted rusty metal", "chipped {} painted metal"),
           c.DYE, ("dark", "light", "dirty"), "green"),
    Family("diamond plate", metal.diamond_plate, ("{} diamond plate", "{} tread plate", "{} metal floor plate"), c.METAL,
           ("large", "small", "dirty", "dark", "light"), "steel", 0.7),
    Family("corrugated metal", metal.corrugated_metal, ("{} corrugated metal", "{} corrugated iron", "{} metal siding"), c.METAL,
           ("large", "small", "dirty", "dark", "light"), "steel", 0.7),
    Family("fabric", cloth.woven_fabric, ("{} fabric", "{} woven fabric", "{} cloth", "{} linen", "{} canvas", "{} cotton"), c.DYE, SOFT, "beige", 1.2),
    Family("knit", cloth.knit, ("{} knit", "{} knitted wool", "{} wool sweater", "{} knitting"), c.DYE, SOFT, "grey"),
    Family("velvet", cloth.velvet, ("{} velvet", "{} silk", "{} satin", "{} curtain"), c.DYE, ("dark", "light"), "red", 0.8),
    Family("leather", cloth.leather, ("{} leather", "{} cow leather", "{} leather hide"), c.DYE, ("weathered", *SOFT), "brown", 1.2),
    Family("fur", cloth.fur, ("{} fur", "{} animal fur", "{} hair"), c.FUR, ("dark", "light", "large", "small"), "brown"),
    Family("quilt", cloth.quilt, ("{} quilted leather", "{} padded upholstery", "{} quilt"), c.DYE, SOFT, "black", 0.6),
    Family("plaid", cloth.plaid, ("{} plaid", "{} tartan", "{} plaid fabric"), c.DYE, ("dark", "large", "small"), "red", 0.6),
    Family("paper", cloth.paper, ("{} paper", "{} sheet of paper", "{} cardboard"), c.DYE, ("rough", "smooth", "dirty"), "white", 0.8),
    Family("grass", nature.grass, ("{} grass", "{} lawn", "{} meadow grass"), c.GREENERY, ("dark", "light", "large", "small"), "green", 1.2),
    Family("moss", nature.moss, ("{} moss", "{} mossy ground"), _only(c.GREENERY, "green", "dark green", "yellow", "brown"),
           ("dark", "light", "wet", "large", "small"), "green", 0.8),
    Family("leaves", nature.leaves, ("{} leaves", "{} foliage", "{} ivy", "{} fallen leaves"), c.GREENERY,
           ("dark", "light", "large", "small", "wet"), "green"),
    Family("flowers", nature.flowers, ("{} flowers", "{} blossoms", "{} flower meadow"), _only(c.DYE, "red", "yellow", "white", "pink", "purple", "blue", "orange"),
           ("large", "small"), "pink", 0.7),
    Family("snow", nature.snow, ("{} snow", "{} fresh snow", "{} snowy ground"), c.SNOW, ("rough", "smooth", "dirty"), "white", 0.6),
    Family("ice", nature.ice, ("{} ice", "{} frozen lake", "{} cracked ice"), c.ICE, ("dark", "light", "large", "small"), "blue", 0.8),
    Family("lava", nature.lava, ("{} lava", "{} molten lava", "{} volcanic magma"), c.LAVA, ("dark", "large", "small"), "red", 0.9),
    Family("water", nature.water, ("{} water", "{} sea water", "{} pool water", "{} ocean waves"), c.WATER, ("dark", "light", "large", "small"), "blue"),
    Family("clouds", nature.sky, ("{} clouds", "{} cloudy sky", "{} sky"), c.SKY, ("dark", "light", "large", "small"), "blue", 0.8),
    Family("reptile skin", nature.hide, ("{} reptile skin", "{} snake skin", "{} crocodile skin", "{} lizard skin"), {**c.GREENERY, "black": c.DYE["black"], "grey": c.DYE["grey"]},
           ("large", "small", "dark", "light", "wet"), "green", 0.8),
    Family("leopard", nature.animal_spots, ("{} leopard fur", "{} leopard print", "{} spotted fur"), _only(c.FUR, "golden", "white", "brown"),
           ("dark", "light", "large", "small"), "golden", 0.6),
    Family("checkerboard", pattern.checker, ("{} checkerboard", "{} checkered pattern", "{} chess board"), c.DYE, ("large", "small", "dirty"), "black", 0.7),
    Family("stripes", pattern.stripes, ("{} stripes", "{} striped pattern", "{} striped wallpaper"), c.DYE,
           ("large", "small", "horizontal", "diagonal"), "blue", 0.7),
    Family("dots", pattern.dots, ("{} polka dots", "{} dots", "{} dotted pattern"), c.DYE, ("large", "small"), "red", 0.7),
    Family("oil paint", pattern.brush_strokes, ("{} oil paint", "{} brush strokes", "{} impasto painting", "{} thick paint"), c.DYE,
           ("large", "small", "dark", "light"), "blue", 1.1),
    Family("watercolour", pattern.watercolour, ("{} watercolor", "{} watercolour wash", "{} ink wash"), c.DYE, ("light", "large", "small"), "blue", 0.8),
    Family("camouflage", pattern.camouflage, ("{} camouflage", "{} army camouflage", "{} camo pattern"),
           {"green": ((0.40, 0.42, 0.26), (0.24, 0.30, 0.16), (0.35, 0.26, 0.17), (0.12, 0.13, 0.10)),
            "desert": ((0.78, 0.69, 0.52), (0.62, 0.50, 0.34), (0.50, 0.38, 0.25), (0.86, 0.80, 0.66)),
            "grey": ((0.55, 0.56, 0.57), (0.37, 0.38, 0.40), (0.72, 0.73, 0.74), (0.20, 0.21, 0.22))},
           ("large", "small", "dirty"), "green", 0.7),
    Family("stained glass", pattern.stained_glass, ("{} stained glass", "{} church window", "{} stained glass window"), c.DYE, ("large", "small", "dark"), "blue", 0.7),
    Family("honeycomb", pattern.honeycomb, ("{} honeycomb", "{} hexagons", "{} hexagonal pattern"), {**c.DYE, "golden": c.MARBLE["golden"]}, ("large", "small", "dark"), "golden", 0.6),
)
