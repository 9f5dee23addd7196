"""What materials are called that no caption names so: each is read as what looks like it of what captions do name.

A lexicon, written by hand. MiniLM knows that ebony is like wood, but not that it is black; and of basalt it thinks
first of magma. A colour that the prompt gives goes before the colour here. In a name, + stands for a space.
"""

# Found by looking at what the network paints of everything: its poles are more like bamboo than its wood is.
_BY_LOOKS = {
    "light pine wood": "birch plywood balsa poplar", "beige sandstone": "travertine",
    "green diamond facets": "emerald emeralds", "navy foil": "lapis lapis+lazuli", "dark beige carpet": "tweed",
    "yellow poles": "bamboo", "green banded stone": "malachite", "orange resin": "amber", "brown ribbed cloth": "corduroy",
    "white foil": "hoarfrost rime", "green fronds": "seaweed kelp",
    "brown cardboard": "suede nubuck chamois", "cream knitted wool": "cashmere",
    "dark green tiled roof": "alligator caiman", "red rust": "volcano embers ember",
}
# What captions do name, but mostly with a colour: bare, the network paints it in another than people think of.
_BARE = {"green jade": "jade", "beige linen": "linen", "green ivy": "ivy", "white rendered wall": "rendered+wall"}
# Words that captions have, but not together: they say "snake skin".
_TOGETHER = {
    "brown snake skin": "snake+leather", "green crocodile skin": "crocodile+leather", "green lizard skin": "lizard+leather",
}
_BY_KIND = {
    # woods
    "black wood": "ebony wenge", "red wood": "mahogany cherry+wood cherrywood padauk redwood bubinga",
    "brown wood": "cedar elm larch hickory chestnut+wood acacia",
    "dark brown wood": "rosewood teak mulberry",
    "pine wood": "beech maple ash+wood spruce",
    "grey wood": "driftwood",
    "oak wood veneer": "chipboard particleboard laminate", "brown bark": "mulch",
    "golden thatch": "reed reeds sedge", "oak wicker": "cane raffia", "pine wicker": "jute",
    # stones
    "black rock": "basalt coal flint anthracite", "beige plaster": "limestone adobe loam+plaster",
    "beige concrete": "tuff",
    "dark grey rock": "boulder boulders bedrock gabbro", "grey rough stone": "pumice",
    "dark grey slate": "shale schist phyllite", "grey granite": "gneiss diorite",
    "red granite": "porphyry rhyolite", "white marble": "carrara calacatta", "green marble": "serpentinite verdite",
    "red marble": "jasper", "brown banded stone": "agate", "beige marble": "botticino crema+marfil",
    "black marble": "marquina", "grey gravel": "scree ballast talus",
    "white plaster": "gypsum drywall stucco+lustro whitewash",
    "grey concrete": "breeze+block cinder+block breezeblock", "grey tarmac": "macadam bitumen",
    "white snow": "salt sugar powder+snow", "beige ceramic tiles": "travertine+tiles",
    "blue glazed tiles": "azulejo azulejos delft majolica zellige",
    # gems, and stones that light goes into
    "white polished gem": "alabaster calcite selenite pearl opal moonstone nacre",
    "green polished gem": "peridot nephrite aventurine",
    "blue polished gem": "sodalite azurite sapphire topaz",
    "red crystal": "ruby rubies garnet", "orange polished gem": "carnelian citrine fire+opal",
    "purple polished gem": "sugilite charoite", "purple crystal": "amethyst",
    "white crystal": "quartz diamonds rhinestone zircon",
    # metals
    "brushed gold metal": "brass", "brushed silver metal": "aluminium aluminum zinc tin galvanised+steel",
    "brushed steel metal": "titanium stainless stainless+steel tungsten nickel",
    "hammered black metal": "wrought+iron", "polished silver metal": "platinum pewter palladium",
    "silver scales": "sequins", "silver ring mesh": "chainmail chain+mail", "green chipped paint": "verdigris patina",
    "rust": "corten cor-ten", "silver foil": "tinfoil mylar", "gold foil": "gilding gilt gold+leaf",
    # cloth
    "golden sacking": "burlap hessian jute+cloth sackcloth", "grey fabric": "gabardine",
    "brown cardboard": "kraft pasteboard", "grey felt": "angora mohair alpaca fleece",
    "grey knit": "chenille",
    "white linen": "muslin gauze cheesecloth calico", "white silk": "chiffon tulle organza", "red satin": "taffeta",
    "red checkered pattern": "gingham", "red plaid": "flannel", "white carpet": "terry+cloth towel towelling shag",
    "blue denim": "chambray dungaree", "beige canvas": "sailcloth tarpaulin",
    "white fabric": "polyester nylon percale",
    # skins
    "green snake skin": "serpent anaconda",
    "green crocodile skin": "alligator+skin alligator+leather caiman+skin caiman+leather",
    "brown snake skin": "python viper cobra rattlesnake",
    "green lizard skin": "iguana gecko chameleon dinosaur",
    "grey leather": "elephant rhino rhinoceros shark stingray", "leopard fur": "cheetah jaguar ocelot",
    "brown fur": "bear mink otter beaver", "grey fur": "wolf chinchilla rabbit", "red fur": "fox",
    "white fur": "polar+bear sheepskin shearling ermine lambskin", "black stripes": "zebra",
    # what grows, lies and flows
    "dark green moss": "algae", "green foliage": "fern ferns hedge shrub jungle",
    "green lawn": "clover", "green moss": "lichen", "dark green leaves": "laurel",
    "purple flowers": "lavender heather", "pink blossoms": "cherry+blossom", "red leaves": "maple+leaves",
    "green meadow grass": "elephant+grass", "brown sand": "cane+sugar",
    "brown soil": "peat humus loam silt compost", "white ice": "icicle icicles",
    "blue ice": "glacier iceberg permafrost", "turquoise sea water": "lagoon",
    "grey soil": "volcanic+ash", "grey bark": "birch+bark", "yellow sand": "dune seabed",
    # sheets and what is moulded
    "beige paper": "parchment papyrus vellum manuscript",
    "white plastic": "vinyl acrylic melamine formica bakelite polystyrene styrofoam",
    "black rubber": "latex neoprene tyre tire", "beige rubber flooring": "linoleum",
    "black plastic": "carbon+fibre carbon+fiber kevlar", "ivory bone": "tusk antler",
}


def _said(table: dict[str, str]) -> dict[str, str]:
    return {name.replace("+", " "): reading for reading, names in table.items() for name in names.split()}


LOOKS = _said(_BY_LOOKS)
BARE, TOGETHER = _said(_BARE), _said(_TOGETHER)
NAMES = BARE | TOGETHER | _said(_BY_KIND) | LOOKS
