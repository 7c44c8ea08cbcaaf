-- A look that somebody asked for (a webhook, mostly) and that nobody has begun yet, by its moment; and when
-- the last look of that kind was begun, so that they are made no more often than is wanted.
ALTER TABLE runs ADD COLUMN hint_at TEXT CHECK (hint_at IS NULL OR length(hint_at) = 32);
ALTER TABLE runs ADD COLUMN hint_taken_at TEXT CHECK (hint_taken_at IS NULL OR length(hint_taken_at) = 32);
ALTER TABLE generations ADD COLUMN hint_at TEXT CHECK (hint_at IS NULL OR length(hint_at) = 32);
ALTER TABLE generations ADD COLUMN hint_taken_at TEXT
    CHECK (hint_taken_at IS NULL OR length(hint_taken_at) = 32);
-- recovery and the daily reconciliation: which generations are not over? (runs have the like already)
CREATE INDEX generations_by_stage ON generations (stage);

-- What a message is about, so that what was set aside is found by its workspace: a run or generation, or
-- (homes and notices) the workspace itself. PostgreSQL: body::json ->> 'workspace' for the json_extract.
ALTER TABLE outbox ADD COLUMN subject TEXT;
ALTER TABLE outbox ADD COLUMN workspace TEXT;
UPDATE outbox SET subject = substr(lane, 6) WHERE lane LIKE 'card:%';
UPDATE outbox SET subject = thread_of WHERE thread_of IS NOT NULL;
UPDATE outbox SET workspace = json_extract(body, '$.workspace') WHERE lane LIKE 'home:%';
-- When a message was put down, whatever was tried since: for whoever watches how far behind we are.
ALTER TABLE outbox ADD COLUMN announced_at TEXT CHECK (announced_at IS NULL OR length(announced_at) = 32);
UPDATE outbox SET announced_at = due_at;
-- putting back what was set aside: what was?
CREATE INDEX outbox_by_parking ON outbox (lane) WHERE parked IS NOT NULL;

-- the file that something here was last being uploaded to Slack as, whole or broken off
CREATE TABLE uploads (
    key  TEXT NOT NULL PRIMARY KEY,
    file TEXT NOT NULL,
    at   TEXT NOT NULL,
    CHECK (length(at) = 32)
);
-- clean-up: which are so old that nobody goes on with them?
CREATE INDEX uploads_by_age ON uploads (at);

-- what a person has to mend, and had to
CREATE TABLE alarms (
    workspace  TEXT NOT NULL,  -- empty: it concerns every one
    concern    TEXT NOT NULL,
    about      TEXT NOT NULL,
    sentence   TEXT NOT NULL,
    since      TEXT NOT NULL,
    settled_at TEXT,           -- null while it stands
    tried_at   TEXT,           -- when something paid was last let through to find out whether it is mended
    quiet_until TEXT,          -- until then nobody is told that it stands; null: that is told
    PRIMARY KEY (workspace, concern, about),
    CHECK (length(since) = 32),
    CHECK (settled_at IS NULL OR length(settled_at) = 32),
    CHECK (tried_at IS NULL OR length(tried_at) = 32),
    CHECK (quiet_until IS NULL OR length(quiet_until) = 32)
);
-- the overview: what stands, oldest first?
CREATE INDEX alarms_standing ON alarms (since) WHERE settled_at IS NULL;

-- what Runware's account stated, for the daily comparison with what we know that we spent
CREATE TABLE readings (
    at       TEXT NOT NULL PRIMARY KEY,
    spent    DOUBLE PRECISION NOT NULL,  -- US dollars, since ever
    requests INTEGER NOT NULL,           -- the same
    CHECK (length(at) = 32)
);
-- the daily comparison: what ended, and what was sent, in this span?
CREATE INDEX events_by_kind ON events (kind, at);

-- How often something was about to be sent that may cost money, or was decided about it. The highest number
-- there ever was is in a file beside the database, too: a database that is behind its file was restored from a
-- backup, and one that has a number and no file was copied.
CREATE TABLE epoch (
    only   INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL
);
INSERT INTO epoch (only, number) VALUES (1, 0);

-- The latest moment that this machine's clock was seen at: where it is seen behind that, it was set back,
-- and all that is due is due sooner by as much.
CREATE TABLE clock (
    only    INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    seen_at TEXT NOT NULL,
    CHECK (length(seen_at) = 32)
);
