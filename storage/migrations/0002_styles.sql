-- The numbered versions of each style. A number is taken when a run reserves it and is never given out
-- again, so a row is never deleted, whatever becomes of its run.
CREATE TABLE versions (
    workspace TEXT NOT NULL,
    slug      TEXT NOT NULL,
    number    INTEGER NOT NULL,
    air       TEXT NOT NULL,
    run       TEXT NOT NULL UNIQUE REFERENCES runs (id),  -- a run that asks twice gets what it has
    name      TEXT NOT NULL,                              -- as people write it; slug is made from it
    ready_at  TEXT,                                       -- null until it can draw
    PRIMARY KEY (workspace, slug, number),
    UNIQUE (workspace, air),                              -- a model is never overwritten
    CHECK (number > 0)
);

CREATE TABLE channel_defaults (
    channel   TEXT NOT NULL PRIMARY KEY,
    workspace TEXT NOT NULL,  -- for the reference only: a channel id is Slack-wide
    slug      TEXT NOT NULL,
    number    INTEGER NOT NULL,
    FOREIGN KEY (workspace, slug, number) REFERENCES versions (workspace, slug, number)
);
