"""The exhibition: from artworks to a plan of rooms in which they hang.

Rooms, in the order in which a job walks through them:

| room | what it answers |
|---|---|
| `sidecar` | what does a table say of the works |
| `metadata` | what does a file say of itself |
| `portrait` | how does a sculpture look |
| `artworks` | which works are there, how large, and how do they look |
| `curation` | which works share a room, and in which order |
| `architecture` | what are rooms and doors like |
| `layout` | where do rooms of given sizes and their doors lie |
| `hanging` | where on the walls of a room do works hang |
| `standing` | where do plinths and benches stand |
| `sight` | what is seen through a door |
| `planning` | the plan of it all: rooms as large as their works need |
| `walking` | what can be walked to |
| `checking` | what of a plan cannot be so |
| `letters` | how is a text of any script drawn |
| `floor_drawing`, `wall_drawing`, `drawing` | the plan as a picture |

Conventions are those of `protocol.exhibition_plan`: metres, x to the east, y to the north, places on a wall from its
left end as it is seen from within the room.
"""
