-- Whether the creation fails: once finished, the snapshot is UNAVAILABLE instead of AVAILABLE.
ALTER TABLE snapshots ADD COLUMN fails INTEGER NOT NULL DEFAULT 0;

UPDATE snapshots_schema SET version = 2;
