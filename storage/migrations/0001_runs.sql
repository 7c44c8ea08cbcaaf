-- Written in the SQL that SQLite and PostgreSQL share, triggers and the type BLOB (PostgreSQL: BYTEA)
-- excepted: ids are text, moments are UTC text of one fixed width (so that they sort as they happened),
-- and what must hold is a CHECK. Forward only: what was released is never edited, a change is a new file.

CREATE TABLE runs (
    id         TEXT NOT NULL PRIMARY KEY,
    workspace  TEXT NOT NULL,               -- out of body, so that it can be asked for
    channel    TEXT NOT NULL,               -- the same
    stage      TEXT NOT NULL,               -- a copy from body, for people who look into the table
    version    INTEGER NOT NULL DEFAULT 0,  -- raised by every take and save: the fence
    due_at     TEXT,                        -- queue, lease, retry and deadline; null: a person acts, or nobody
    taken_by   TEXT,                        -- the process that holds the lease, so that its death frees the row
    created_at TEXT NOT NULL,
    body       TEXT NOT NULL,               -- the run as JSON, all but its version
    CHECK (due_at IS NULL OR length(due_at) = 32),
    CHECK (taken_by IS NULL OR due_at IS NOT NULL)  -- a lease ends
);
-- the reconciler's one question: what is due, oldest first?
CREATE INDEX runs_by_due ON runs (due_at) WHERE due_at IS NOT NULL;
-- `/style runs`: the newest runs of a workspace
CREATE INDEX runs_by_age ON runs (workspace, created_at);

-- the journal: what happened, in order; it outlives every change of how a run is kept
CREATE TABLE events (
    subject TEXT NOT NULL,     -- a run's or generation's id: no reference, as it may be either
    seq     INTEGER NOT NULL,  -- 1, 2, 3 … for each subject
    at      TEXT NOT NULL,
    kind    TEXT NOT NULL,     -- the event's class
    body    TEXT NOT NULL,     -- its fields as JSON
    PRIMARY KEY (subject, seq),
    CHECK (length(at) = 32)
);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'the journal is only ever added to');
END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'the journal is only ever added to');
END;

CREATE TABLE votes (
    run      TEXT NOT NULL REFERENCES runs (id),
    who      TEXT NOT NULL,
    approves BOOLEAN NOT NULL,
    reason   TEXT NOT NULL,
    at       TEXT NOT NULL,
    PRIMARY KEY (run, who)  -- one vote each; a second one replaces the first
);
