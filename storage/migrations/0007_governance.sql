-- What is asked besides runs and pictures; the same columns as runs, for the same reasons.
CREATE TABLE proposals (
    id            TEXT NOT NULL PRIMARY KEY,
    workspace     TEXT NOT NULL,
    channel       TEXT NOT NULL,
    stage         TEXT NOT NULL,
    version       INTEGER NOT NULL DEFAULT 0,
    due_at        TEXT,
    taken_by      TEXT,
    created_at    TEXT NOT NULL,
    body          TEXT NOT NULL,
    hint_at       TEXT,
    hint_taken_at TEXT,
    CHECK (due_at IS NULL OR length(due_at) = 32),
    CHECK (taken_by IS NULL OR due_at IS NOT NULL),
    CHECK (hint_at IS NULL OR length(hint_at) = 32),
    CHECK (hint_taken_at IS NULL OR length(hint_taken_at) = 32)
);
-- the reconciler's one question: what is due, oldest first?
CREATE INDEX proposals_by_due ON proposals (due_at) WHERE due_at IS NOT NULL;
-- the overview: which are not over?
CREATE INDEX proposals_by_stage ON proposals (stage);

-- Votes are a part of what they are about now, bound to what was seen. What was in this table is not taken
-- over: it was written down and never read, and who decided, when and why is in `events` and in the run.
DROP TABLE votes;

-- What is reserved and spent, in whole millionths of a US dollar, so that sums are exact: an entry for each
-- run or request for pictures, counted in the month in which it was reserved, whenever it is settled.
CREATE TABLE ledger (
    subject    TEXT NOT NULL PRIMARY KEY,       -- a run's or generation's id: no reference, as it may be either
    workspace  TEXT NOT NULL,
    channel    TEXT NOT NULL,
    who        TEXT NOT NULL,                   -- whoever asked for it
    style      TEXT NOT NULL,                   -- its slug
    price_key  TEXT NOT NULL,                   -- what has one price
    count      INTEGER NOT NULL,                -- of so many
    at         TEXT NOT NULL,                   -- when it was reserved
    state      TEXT NOT NULL,
    reserved   BIGINT NOT NULL,                 -- what is held for it; none once it is settled or released
    spent      BIGINT NOT NULL DEFAULT 0,
    is_assumed BOOLEAN NOT NULL DEFAULT FALSE,  -- no cost was stated: what was reserved is booked
    closed_at  TEXT,                            -- when it was settled or released
    CHECK (state IN ('reserved', 'settled', 'released')),
    CHECK (reserved >= 0 AND spent >= 0 AND count > 0),
    CHECK (state = 'reserved' OR reserved = 0),
    CHECK (state = 'settled' OR spent = 0),
    CHECK ((state = 'reserved') = (closed_at IS NULL)),
    CHECK (length(at) = 32),
    CHECK (closed_at IS NULL OR length(closed_at) = 32)
);
-- budgets and statements: what was put down in this span? Each approval asks it for each budget, under the
-- write lock, so all that it reads is in the index.
CREATE INDEX ledger_by_moment ON ledger
    (workspace, at, state, channel, who, style, reserved, spent, is_assumed, subject);
-- estimates: what did the newest of these cost, as far as that was stated?
CREATE INDEX ledger_by_price ON ledger (workspace, price_key, closed_at) WHERE state = 'settled';

-- what an admin has stopped for now
CREATE TABLE freezes (
    workspace TEXT NOT NULL,
    what      TEXT NOT NULL,  -- train, generate or all
    reason    TEXT NOT NULL,
    who       TEXT NOT NULL,
    at        TEXT NOT NULL,
    PRIMARY KEY (workspace, what),
    CHECK (length(at) = 32)
);

-- who is away
CREATE TABLE absences (
    workspace TEXT NOT NULL,
    who       TEXT NOT NULL,
    until     TEXT NOT NULL,  -- the first day that they are back, 2026-12-01
    delegate  TEXT,           -- who stands in for them
    PRIMARY KEY (workspace, who),
    CHECK (length(until) = 10)
);

-- which pictures are approved for use
CREATE TABLE library (
    generation TEXT NOT NULL REFERENCES generations (id),
    picture    TEXT NOT NULL,  -- Runware's id of it
    workspace  TEXT NOT NULL,
    who        TEXT NOT NULL,  -- whose approval was the last that it needed
    at         TEXT NOT NULL,
    PRIMARY KEY (generation, picture),
    CHECK (length(at) = 32)
);
-- statements: how many were approved in this span?
CREATE INDEX library_by_age ON library (workspace, at);

-- The audit: a chain of hashes for each workspace, which only ever grows. It names people by pseudonyms and
-- free text by its salted hash; what those stand for is in the tables below, and can be erased.
-- PostgreSQL: "user" needs its quotes there.
CREATE TABLE audit (
    workspace TEXT NOT NULL,
    seq       INTEGER NOT NULL,  -- 1, 2, 3 … for each workspace
    at        TEXT NOT NULL,
    who       TEXT NOT NULL,     -- a pseudonym; empty: Housestyle itself
    did       TEXT NOT NULL,
    about     TEXT NOT NULL,     -- an id of ours, or a word
    digest    TEXT NOT NULL,     -- what a decision was bound to
    dollars   TEXT NOT NULL,     -- text, as it is hashed; empty: it was about no money
    words     TEXT NOT NULL,     -- the salted SHA-256 of the free text; empty: there is none
    before    TEXT NOT NULL,     -- the hash of the row before
    hash      TEXT NOT NULL,
    PRIMARY KEY (workspace, seq),
    CHECK (length(at) = 32)
);
-- `/style audit`: what was done about this, newest first?
CREATE INDEX audit_by_about ON audit (workspace, about, seq);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is only ever added to');
END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is only ever added to');
END;

-- the last row of each chain, kept apart from it, so that rows missing at its end are found
CREATE TABLE audit_heads (
    workspace TEXT NOT NULL PRIMARY KEY,
    seq       INTEGER NOT NULL,
    hash      TEXT NOT NULL
);

-- who a pseudonym is, which is made of the salt and their id; without the row, nobody can tell
CREATE TABLE audit_people (
    workspace TEXT NOT NULL,
    pseudonym TEXT NOT NULL,
    user      TEXT NOT NULL,
    salt      TEXT NOT NULL,
    PRIMARY KEY (workspace, pseudonym),
    UNIQUE (workspace, user)
);

-- what was said, and the salt of its hash
CREATE TABLE audit_words (
    workspace TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    salt      TEXT NOT NULL,
    text      TEXT NOT NULL,
    PRIMARY KEY (workspace, seq)
);

-- Where somebody was asked directly for a decision: drawn anew when it is made.
CREATE TABLE questions (
    subject   TEXT NOT NULL,                    -- a run's, generation's or proposal's id
    workspace TEXT NOT NULL,
    at        TEXT NOT NULL,
    body      TEXT NOT NULL,
    CHECK (length(at) = 32)
);
-- a decision: who was asked about this?
CREATE INDEX questions_by_subject ON questions (subject);

-- By how much the account showed less than was booked: what comes a day late is no surprise on that day.
ALTER TABLE readings ADD COLUMN behind DOUBLE PRECISION NOT NULL DEFAULT 0;

-- AIRs and numbers that were handed over for runs that are not here, as is found out after a restore, or that
-- Runware trained under another AIR: they are given out to nobody. A card found there names no workspace.
CREATE TABLE withheld (
    air    TEXT NOT NULL PRIMARY KEY,
    slug   TEXT NOT NULL,
    number INTEGER NOT NULL,
    CHECK (number > 0)
);
