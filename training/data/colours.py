"""What a colour word means on each kind of material, as tones from dark to light (sRGB, 0–1).

'Red' on a brick is fired clay, 'green' on marble is verde: a word never means the same paint everywhere.
"""

Tone = tuple[float, float, float]
Tones = tuple[Tone, ...]
Palette = dict[str, Tones]


def _tones(*hexes: str) -> Tones:
    return tuple((int(h[0:2], 16) / 255, int(h[2:4], 16) / 255, int(h[4:6], 16) / 255) for h in hexes)


# Dyes and paints: cloth, ceramics, plaster, paper, patterns.
DYE: Palette = {
    "red": _tones("6e1418", "b0282c", "d4544e"), "crimson": _tones("4c0a1a", "8c1230", "b83a52"),
    "orange": _tones("8f4310", "d9752a", "eea45e"), "yellow": _tones("a07a14", "e2b93c", "f3da82"),
    "green": _tones("1f4a26", "3d7d42", "79ab72"), "olive": _tones("3c3f1a", "6d7036", "9a9b60"),
    "turquoise": _tones("0f5a5c", "2a9c98", "74c8bf"), "blue": _tones("172f66", "2e5aa6", "6d93cc"),
    "navy": _tones("0c1430", "1c2a54", "3e4e7e"), "purple": _tones("3a1c58", "6a3f94", "9c7abf"),
    "pink": _tones("a04a66", "dd8ba2", "f2bccb"), "brown": _tones("3a2414", "6b4527", "9a7150"),
    "beige": _tones("8f7f62", "c8b795", "e2d6bb"), "cream": _tones("b5a684", "ebdfc2", "f7f0de"),
    "white": _tones("b4b3ae", "e6e5e0", "f7f6f3"), "grey": _tones("4c4d4e", "848586", "b3b4b4"),
    "black": _tones("0e0e10", "232326", "45464a"),
}

# Brick: (dark brick, base, light brick, mortar).
BRICK: Palette = {
    "red": _tones("6f2a1e", "9c4330", "b85f45", "cfc4b4"), "brown": _tones("4a2e20", "6f4a34", "8b6549", "b8ab98"),
    "orange": _tones("8f4a24", "b96a3a", "d08a58", "d4c8b4"), "white": _tones("bdb8ae", "dbd7ce", "efece5", "a9a49a"),
    "yellow": _tones("a3824a", "c6a566", "dcc28a", "b9b0a0"), "grey": _tones("55534f", "7a7772", "989590", "bdb9b2"),
    "black": _tones("1e1c1c", "302e2e", "454242", "86827c"),
}

WOOD: Palette = {
    "brown": _tones("3f2413", "6e4425", "93643c", "ae8050"), "dark brown": _tones("1e110a", "3a2214", "543620", "6b492e"),
    "oak": _tones("6b4a26", "9c7443", "bd965f", "d0ae7a"), "pine": _tones("a3743c", "cda267", "e0bd86", "ebd1a2"),
    "red": _tones("3c150d", "6e2e1c", "944a30", "ab6444"), "grey": _tones("4b4843", "77736b", "9a958b", "b3aea4"),
    "white": _tones("a09a90", "cfcac0", "e4e0d8", "f2efe9"), "black": _tones("0d0c0b", "1d1b19", "2f2b28", "423d38"),
    "walnut": _tones("2a190f", "4f3320", "704c32", "886343"),
}

# Marble: (deep, base, cloud, vein).
MARBLE: Palette = {
    "green": _tones("0a1f17", "14382a", "285444", "c4d4c4"), "white": _tones("c3c4c4", "e4e4e2", "f3f3f1", "8a8c90"),
    "black": _tones("070708", "141416", "26272a", "d2d0ca"), "red": _tones("3f100e", "6e231d", "8e4238", "dcc0b2"),
    "pink": _tones("a87468", "cfa092", "e2bfb2", "f3e6de"), "blue": _tones("0f1f38", "21395c", "3f5a80", "c6d0da"),
    "beige": _tones("b59f7e", "d6c4a4", "e6dac2", "8d6f4c"), "grey": _tones("4a4c50", "75787c", "989b9e", "d9dadb"),
    "brown": _tones("2c1810", "4f2f1f", "704936", "d2b596"), "golden": _tones("8c6a2e", "bb9552", "d6b87c", "f2e4c2"),
}

# Metals: (shadow, low, base, light).
METAL: Palette = {
    "gold": _tones("6b4a12", "b48a34", "d9b455", "f7e3a0"), "silver": _tones("6d6f72", "a4a7ab", "c6c9cc", "eef0f1"),
    "copper": _tones("5c2816", "a55a38", "c97c54", "f0b894"), "steel": _tones("3f454b", "6f777f", "929aa2", "c4cad0"),
    "bronze": _tones("38260f", "705028", "93703f", "c4a46c"), "black": _tones("101113", "222427", "35383c", "5f6368"),
    "blue": _tones("14264a", "2c4c82", "4a6ea6", "8fb0d8"), "red": _tones("4a0c10", "861c22", "a83a3c", "d6807a"),
}

STONE: Palette = {
    "grey": _tones("4a4945", "78766f", "9d9a92", "b9b6ad"), "brown": _tones("45362a", "6f5a48", "927c66", "ab9780"),
    "beige": _tones("85765e", "b09f82", "cdbfa3", "ddd2bb"), "dark grey": _tones("242527", "3e4042", "58595b", "707173"),
    "red": _tones("4f2a22", "7d4a3c", "9e6a58", "b58674"), "white": _tones("9c9a94", "c9c7c0", "e2e0da", "efeee9"),
    "black": _tones("121213", "242526", "38393b", "4d4e50"), "blue grey": _tones("363f49", "596571", "7c8892", "99a4ac"),
    "yellow": _tones("806436", "b08f56", "cdb07a", "dec698"), "green": _tones("2f3a2e", "51604d", "748370", "8f9c8a"),
}

EARTH: Palette = {
    "brown": _tones("3a2718", "6a4b32", "8f6d4d", "ab8a68"), "red": _tones("5a2615", "8f4a2c", "b06a46", "c58a66"),
    "yellow": _tones("8a6a38", "c2a062", "d9bd84", "e8d3a6"), "grey": _tones("4f4a43", "7c766c", "a09a8f", "b9b3a8"),
    "white": _tones("a59f90", "d0cabb", "e5e0d4", "f0ede5"), "black": _tones("171513", "2c2825", "433e39", "5a544d"),
}

GREENERY: Palette = {
    "green": _tones("16270c", "33521c", "567a30", "83a050"), "dark green": _tones("0b180c", "1c341a", "32522c", "4f6f44"),
    "yellow": _tones("4a3f10", "8a7a28", "b5a44a", "d2c67a"), "brown": _tones("33230f", "654a24", "8c6d3c", "ab8f5c"),
    "red": _tones("3f0f0a", "7e2616", "a8452a", "c87848"), "orange": _tones("522508", "9a4d14", "c67830", "dea25c"),
}

GEM: Palette = {
    "green": _tones("0c3a26", "1f6e4a", "4f9f78", "a8d6b8"), "blue": _tones("0a1f52", "1c4796", "4a7cc4", "a6c8ee"),
    "red": _tones("40060f", "861426", "b43a48", "e69a9a"), "purple": _tones("260f40", "4f2a80", "7f5ab0", "c2a8e0"),
    "orange": _tones("5a2606", "a8581a", "d48a3c", "f4c888"), "white": _tones("8f98a0", "bcc4ca", "dde2e6", "f6f8f9"),
}

WATER: Palette = {
    "blue": _tones("0b2a48", "1c5078", "3f7fa6", "a9cfe0"), "turquoise": _tones("0a4650", "1b7f88", "4bb0b0", "bfe6e0"),
    "green": _tones("0e2f26", "22574a", "4a8474", "b0d4c6"), "dark": _tones("050d16", "0e1f30", "21394e", "7d98ac"),
}

SKY: Palette = {
    "blue": _tones("3a68a8", "6c97cc", "b9cfe4", "f5f6f6"), "grey": _tones("5a6068", "868c94", "b0b5ba", "dcdee0"),
    "pink": _tones("7a5c8c", "c48898", "e8b4a4", "f8e2d0"), "orange": _tones("6e4a68", "c87850", "eca864", "fae0b0"),
    "dark": _tones("161a24", "2c3240", "4a505e", "747a86"),
}

LAVA: Palette = {"red": _tones("12090a", "2a1614", "c8330c", "ffc24a"), "orange": _tones("140c08", "30201a", "e0600e", "ffe27a")}
RUST: Palette = {"brown": _tones("2a130a", "5e2c14", "8f4a20", "b8703a"), "orange": _tones("3a180a", "8a3f14", "b8642a", "d8925a")}
ROOF: Palette = {
    "red": _tones("5e2418", "984030", "b65f48", "cc8468"), "brown": _tones("38241a", "62442f", "80604a", "9a7c64"),
    "grey": _tones("34363a", "585b60", "787b80", "979a9e"), "orange": _tones("7a3a1a", "b4622e", "cf8450", "e2a878"),
    "black": _tones("141416", "28292c", "3e3f43", "56575b"), "green": _tones("1f3428", "3a5644", "5a7662", "7e9684"),
}
FUR: Palette = {
    "brown": _tones("2a190e", "5c3e26", "8a6544", "b48f68"), "white": _tones("9c968c", "d2cdc4", "ebe8e2", "faf9f7"),
    "black": _tones("080808", "1b1a1a", "333130", "55524f"), "grey": _tones("3e3d3c", "6f6d6b", "9a9896", "c2c0be"),
    "golden": _tones("6a451a", "ab7d3c", "d0a662", "ecd098"), "red": _tones("4a1c0c", "8a421e", "b86a38", "dc9c68"),
}
SNOW: Palette = {"white": _tones("9fb2c8", "d3dfea", "eef3f7", "fdfefe")}
ICE: Palette = {"blue": _tones("4a7c9c", "86b4cc", "b8d8e4", "eef8fa"), "white": _tones("9db4c0", "c4d6de", "dfeaee", "f8fbfc")}
CORK: Palette = {
    "brown": _tones("3a2415", "8a5f3a", "b98a58", "d8b182"), "light brown": _tones("5a3f28", "a87f54", "cfa878", "e6cba2"),
    "dark brown": _tones("1c110a", "4a3020", "6e4a30", "8f6a48"),
}
STRAW: Palette = {
    "golden": _tones("5a4018", "a88238", "d2ae62", "ecd494"), "grey": _tones("3e3a32", "77705f", "a0987f", "c2baa0"),
    "brown": _tones("33220f", "6f5028", "98753f", "bd9c62"),
}
IVORY: Palette = {
    "ivory": _tones("8a7448", "cdb98c", "eadfbf", "f7f1df"), "white": _tones("8f897a", "cfcabb", "ece8dc", "f8f6ef"),
    "yellow": _tones("76582a", "b8965a", "dcc188", "efdeb4"), "brown": _tones("40301f", "7a6144", "a58a66", "c8b08c"),
}
CORAL: Palette = {
    "orange": _tones("8a3a22", "d4674a", "ee9474", "fac8ac"), "pink": _tones("8a3a50", "cf6d84", "eaa0ac", "f8d2d4"),
    "white": _tones("a59f92", "d8d2c4", "ece8dd", "f8f6f0"), "red": _tones("5e1416", "a8302e", "cc5a50", "e8988a"),
    "purple": _tones("3c1f4a", "72448a", "9c74b2", "c8a8d6"), "turquoise": _tones("124e50", "2a8c88", "66b8b0", "b4e0d8"),
}
OBSIDIAN: Palette = {
    "black": _tones("050506", "111114", "222328", "5a5d66"), "brown": _tones("0e0705", "24140d", "43281a", "7c5a44"),
    "green": _tones("040a07", "0e1c14", "1f3628", "557866"), "blue": _tones("05070e", "0f1626", "202c46", "5c6c90"),
}
DENIM: Palette = {
    "blue": _tones("141f3c", "2b4270", "4a669a", "7f98c0"), "light blue": _tones("3a567e", "6d8cb4", "96b0d0", "c2d4e6"),
    "black": _tones("0c0c0e", "1e1f23", "36373c", "5c5d63"), "grey": _tones("34373c", "5e6268", "84888e", "b0b3b7"),
    "navy": _tones("0a1024", "18243f", "2e3f62", "57698c"),
}
TARMAC: Palette = {
    "grey": _tones("1d1d1e", "48484a", "7d7c7a", "b4b2ae"), "black": _tones("0e0e0f", "27272a", "545456", "8c8b89"),
    "red": _tones("2a1512", "5c322a", "8c5a4e", "b89488"),
}
FOIL: Palette = {name: METAL[name] for name in ("silver", "gold", "copper", "blue", "red")}
POLE: Palette = {
    "yellow": _tones("5e4c16", "b0963c", "d6c066", "efe2a0"), "green": _tones("233a10", "54762a", "88a850", "c4d494"),
    "brown": _tones("33220f", "6f5028", "98753f", "bd9c62"), "black": _tones("0d0c0b", "1d1b19", "38332e", "5a544c"),
}
BANDED: Palette = {
    "green": _tones("06301f", "12704a", "3aa679", "a4e0be"), "brown": _tones("3a1c0c", "84502a", "bd8a58", "f0dcc0"),
    "blue": GEM["blue"], "red": _tones("460c0c", "942e22", "c46a4c", "f2d2ba"), "purple": GEM["purple"],
    "grey": _tones("2c2e32", "64686e", "9a9ea2", "e0e2e2"),
}
SACKING: Palette = {
    "golden": _tones("4c3818", "9a7a44", "c4a266", "e2c690"), "brown": _tones("2c1c0e", "644726", "8c6a42", "b4936a"),
    "beige": _tones("665a44", "a4967a", "c8bba0", "e2d8c2"), "grey": _tones("34342f", "6c6a62", "95938a", "bab8ae"),
}
RESIN: Palette = {
    "orange": _tones("6a2404", "c4660c", "f0982a", "ffdc84"), "red": _tones("40060a", "981420", "cc4040", "f6aa98"),
    "yellow": _tones("6e4c06", "cc9a1c", "efc648", "fdf0a8"), "green": _tones("0c3a1a", "1f7e40", "58b068", "bce8a8"),
    "blue": _tones("08224e", "1850a0", "4c8cd4", "b4dcf6"), "brown": _tones("2a1006", "6a3212", "a0602a", "dca864"),
}
FROST: Palette = {
    "white": _tones("5c7a98", "9db4cc", "d4e2ee", "fbfdfe"), "blue": _tones("1c3e66", "4a7cac", "92bcdc", "e4f2fa"),
    "grey": _tones("2a3038", "5e6872", "a0a8b0", "e8ecee"),
}
