-- The dataset of each run that has one, as it was last looked at: for finding runs by their pictures.
-- What is in it stays in the run; a new look replaces the row.
CREATE TABLE datasets (
    run            TEXT NOT NULL PRIMARY KEY REFERENCES runs (id),
    workspace      TEXT NOT NULL,
    slug           TEXT NOT NULL,  -- the style's
    content        TEXT NOT NULL,  -- what is in it, whatever the names and the packing
    archive        TEXT NOT NULL,  -- SHA-256 of the archive to be trained on
    origin         TEXT NOT NULL,  -- that of the archive it was made from, often the same
    created_at     TEXT NOT NULL,  -- when it was looked at
    handed_over_at TEXT,           -- when the request to train on it was written down; null before
    CHECK (length(created_at) = 32),
    CHECK (handed_over_at IS NULL OR length(handed_over_at) = 32)
);
-- inspection: what was the style's dataset before this one?
CREATE INDEX datasets_by_style ON datasets (workspace, slug, handed_over_at) WHERE handed_over_at IS NOT NULL;
-- inspection: did these very pictures train something before?
CREATE INDEX datasets_by_content ON datasets (workspace, content);
-- tracing: which runs were on the archive whose SHA-256 begins so?
CREATE INDEX datasets_by_archive ON datasets (workspace, archive);
CREATE INDEX datasets_by_origin ON datasets (workspace, origin);
-- retention: which archives do runs under way still need?
CREATE INDEX runs_by_stage ON runs (stage);

-- What a generation is drawn in, and who alone may see it (null: everyone): out of body, so that it can be
-- asked for. PostgreSQL: body::json #>> '{request,requester}' for json_extract(body, '$.request.requester').
ALTER TABLE generations ADD COLUMN air TEXT;
ALTER TABLE generations ADD COLUMN private_to TEXT;
UPDATE generations SET air = json_extract(body, '$.air');
UPDATE generations SET private_to = json_extract(body, '$.request.requester')
WHERE json_extract(body, '$.request.private');
-- tracing: what was drawn in this version, newest first?
CREATE INDEX generations_by_air ON generations (workspace, air, created_at);
