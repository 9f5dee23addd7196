"""A style that is learnt from one or a few pictures: a generator against a discriminator, on the artist's own machine.

| room | what it does |
|---|---|
| `generator` | a picture to a picture: the network of the fixed styles, with gradients |
| `discriminator` | tells patches of the style from those of the generator, and what it loses by being wrong |
| `content` | keeps what a picture shows: each patch is told from the others of its picture |
| `crops` | pictures to crops of many scales, flipped and shifted |
| `score` | how far pictures are from a style, and from what they showed |
| `training` | one step after the other, with all that is needed to go on later |
| `drawn` | pictures to learn on where the artist gives none |
| `lessons` | reads the pictures that are learnt from and on |
| `styles` | a style as a file: weights with a card, written and read |
| `events` | TensorBoard's files |
"""
