-- The same columns as runs, for the same reasons; the two are kept apart because each is asked for alone.
CREATE TABLE generations (
    id         TEXT NOT NULL PRIMARY KEY,
    workspace  TEXT NOT NULL,
    channel    TEXT NOT NULL,
    stage      TEXT NOT NULL,
    version    INTEGER NOT NULL DEFAULT 0,
    due_at     TEXT,
    taken_by   TEXT,
    created_at TEXT NOT NULL,
    body       TEXT NOT NULL,
    CHECK (due_at IS NULL OR length(due_at) = 32),
    CHECK (taken_by IS NULL OR due_at IS NOT NULL)
);
-- the reconciler's one question: what is due, oldest first?
CREATE INDEX generations_by_due ON generations (due_at) WHERE due_at IS NOT NULL;
