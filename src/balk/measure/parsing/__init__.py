"""The steps of reading a reply, in the order they run; `balk.measure.parse` is their face.

```text
folding        odd signs made plain, reasoning and run-on hidden; nothing moves
tables         \
objects         |  layouts: where is something declared for a question, and which words
tags            |  stand in its answer's place?  -> Entry
sections       /   (markers finds question numbers, declarations finds answers in a span)
decide         what do the words in an answer's place decide?  -> Verdict
resolve        which of a question's entries counts?  -> Reading
```
"""
