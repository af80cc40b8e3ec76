-- The books of a county: one posting after the other, each with the digest of all it keeps and of the one before.
-- Every table is append-only: a correction is a new posting, a balance is always derived.
CREATE TABLE entry (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    booked_at TEXT NOT NULL,
    operator TEXT NOT NULL,
    content TEXT NOT NULL,
    parts TEXT NOT NULL,
    digest TEXT NOT NULL
);
CREATE TRIGGER entry_in_order BEFORE INSERT ON entry
    WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM entry)
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
-- The tables and files of a posting, named in its `parts` with their SHA-256.
CREATE TABLE part (
    entry INTEGER NOT NULL REFERENCES entry (number),
    name TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (entry, name)
);
CREATE TRIGGER part_once BEFORE INSERT ON part
    WHEN EXISTS (SELECT 1 FROM part WHERE entry = NEW.entry AND name = NEW.name)
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
-- Rule documents, each text once.
CREATE TABLE document (
    sha256 TEXT PRIMARY KEY,
    data BLOB NOT NULL
);
-- Draws of inspections: no postings, so no part of the chain (draws.py).
CREATE TABLE draw (
    number INTEGER PRIMARY KEY,
    period TEXT NOT NULL,
    record TEXT NOT NULL
);
CREATE TRIGGER draw_in_order BEFORE INSERT ON draw
    WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM draw)
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
