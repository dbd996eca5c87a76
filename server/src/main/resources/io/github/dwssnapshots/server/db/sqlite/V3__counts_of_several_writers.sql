-- The tables are those of PostgreSQL, where several write at the same time. Here one does, and its slot is 0.
CREATE TABLE cluster_counts_3 (
  project_id VARCHAR(64) NOT NULL,
  cluster_id VARCHAR(64) NOT NULL,
  slot       INTEGER     NOT NULL,
  snapshots  BIGINT      NOT NULL,
  PRIMARY KEY (project_id, cluster_id, slot)
);

INSERT INTO cluster_counts_3 (project_id, cluster_id, slot, snapshots)
SELECT project_id, cluster_id, 0, snapshots
FROM cluster_counts;

DROP TABLE cluster_counts;

ALTER TABLE cluster_counts_3 RENAME TO cluster_counts;

PRAGMA user_version = 3;
