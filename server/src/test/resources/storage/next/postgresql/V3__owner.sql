ALTER TABLE snapshots ADD COLUMN owner TEXT NOT NULL DEFAULT 'nobody';

UPDATE snapshots_schema SET version = 3;
