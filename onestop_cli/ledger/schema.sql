-- The books of a county. Every table is append-only: a correction is a new line, a balance is always derived.
CREATE TABLE run (
    number INTEGER PRIMARY KEY,
    period TEXT NOT NULL UNIQUE,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    operator TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    info TEXT NOT NULL
);
CREATE TABLE rule (
    id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (id, sha256)
);
CREATE TABLE stay (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (number),
    period TEXT NOT NULL,
    place TEXT NOT NULL UNIQUE,
    person TEXT,
    hospital TEXT,
    stay_no TEXT,
    facts TEXT NOT NULL
);
CREATE INDEX stay_person ON stay (person);
CREATE INDEX stay_number ON stay (hospital, stay_no);
CREATE TABLE state (
    number INTEGER PRIMARY KEY,
    stay INTEGER NOT NULL REFERENCES stay (number),
    run INTEGER NOT NULL REFERENCES run (number),
    status TEXT NOT NULL,
    blocking TEXT NOT NULL,
    choices TEXT NOT NULL
);
CREATE INDEX state_stay ON state (stay);
CREATE INDEX state_held ON state (stay) WHERE status = 'held';
CREATE TABLE posting (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (number),
    stay INTEGER NOT NULL REFERENCES stay (number),
    period TEXT NOT NULL,
    layer TEXT NOT NULL,
    what TEXT NOT NULL,
    fen INTEGER NOT NULL
);
CREATE INDEX posting_stay ON posting (stay);
CREATE INDEX posting_sums ON posting (run, layer, what, period, fen);
CREATE TABLE advance (
    number INTEGER PRIMARY KEY,
    fund TEXT NOT NULL,
    period TEXT NOT NULL,
    fen INTEGER NOT NULL,
    booked_on TEXT NOT NULL,
    note TEXT NOT NULL,
    operator TEXT NOT NULL
);
CREATE TABLE decision (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (number),
    sha256 TEXT NOT NULL,
    line TEXT NOT NULL
);
