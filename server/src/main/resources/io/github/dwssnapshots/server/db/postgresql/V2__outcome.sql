-- Whether the creation fails: once finished, the snapshot is UNAVAILABLE instead of AVAILABLE.
ALTER TABLE snapshots ADD COLUMN fails BOOLEAN NOT NULL DEFAULT false;

UPDATE snapshots_schema SET version = 2;
