-- What is still to be said to Slack. A row is deleted once it was said.
CREATE TABLE outbox (
    id              TEXT NOT NULL PRIMARY KEY,   -- a UUID; Slack's client_msg_id too, so it stays over retries
    lane            TEXT NOT NULL,               -- what is said in one order: a card, a thread, a person's home
    seq             INTEGER NOT NULL,            -- the order in the lane
    kind            TEXT NOT NULL,               -- the message's class
    body            TEXT NOT NULL,               -- its fields as JSON
    thread_of       TEXT,                        -- the subject whose card must stand first; null: none must
    blob            TEXT,                        -- out of body, so that kept bytes know they are needed
    version         INTEGER NOT NULL DEFAULT 0,  -- the fence, as for runs
    due_at          TEXT,                        -- queue, lease and retry, as for runs; null once parked
    taken_by        TEXT,
    attempts        INTEGER NOT NULL DEFAULT 0,  -- counted before each try: from 1 up it may stand in Slack
    last_attempt_at TEXT,
    file            TEXT,                        -- uploaded for it before, so it is not uploaded twice
    parked          TEXT,                        -- why Slack will never take it; it then holds up nobody
    UNIQUE (lane, seq),
    CHECK (due_at IS NULL OR length(due_at) = 32),
    CHECK (taken_by IS NULL OR due_at IS NOT NULL),
    CHECK ((parked IS NULL) = (due_at IS NOT NULL))
);
-- the relay's one question: what is due, oldest first?
CREATE INDEX outbox_by_due ON outbox (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE cards (
    subject  TEXT NOT NULL PRIMARY KEY,  -- a run's or generation's id
    channel  TEXT NOT NULL,
    ts       TEXT NOT NULL,              -- the message's name at Slack; text, as its digits are exact
    stage    TEXT NOT NULL,              -- what it shows, to tell a change of stage from a mere step
    drawn_at TEXT NOT NULL
);

-- each delivery from Slack, once
CREATE TABLE inbox (
    key    TEXT NOT NULL PRIMARY KEY,
    answer TEXT NOT NULL,  -- what it was answered, to answer a repeat alike
    at     TEXT NOT NULL
);
-- clean-up: which deliveries are too old to come again?
CREATE INDEX inbox_by_age ON inbox (at);

-- bytes kept until they are posted, named by what they are
CREATE TABLE blobs (
    id         TEXT NOT NULL PRIMARY KEY,  -- SHA-256, hexadecimal
    body       BLOB NOT NULL,
    created_at TEXT NOT NULL               -- when they were last asked to be kept; the year 1: they were let go
);
-- letting go and clean-up: which bytes are too old?
CREATE INDEX blobs_by_age ON blobs (created_at);
