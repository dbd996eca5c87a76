-- A number stands for a cluster in whatever is sorted by cluster: with the two texts the indexes were four times as
-- large, and each commit wrote a third more.
CREATE TABLE clusters (
  cluster_key INTEGER     NOT NULL PRIMARY KEY,
  project_id  VARCHAR(64) NOT NULL,
  cluster_id  VARCHAR(64) NOT NULL,
  UNIQUE (project_id, cluster_id)
);

INSERT INTO clusters (project_id, cluster_id)
SELECT DISTINCT project_id, cluster_id
FROM snapshots;

CREATE TABLE snapshots_4 (
  seq         INTEGER          NOT NULL PRIMARY KEY, -- the order of creation; to SQLite the rowid, which ends each index
  id          CHAR(36)         NOT NULL,
  project_id  VARCHAR(64)      NOT NULL,
  cluster_id  VARCHAR(64)      NOT NULL,
  name        VARCHAR(64)      NOT NULL,
  name_key    VARCHAR(64)      NOT NULL, -- the name in lower case
  description VARCHAR(256)     NOT NULL,
  size_gb     DOUBLE PRECISION NOT NULL,
  started     BIGINT           NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
  finished    BIGINT           NOT NULL, -- likewise; until then it is CREATING
  cluster_key INTEGER          NOT NULL  -- that of clusters: of this project and this cluster
);

INSERT INTO snapshots_4
  (seq, id, project_id, cluster_id, name, name_key, description, size_gb, started, finished, cluster_key)
SELECT seq, id, project_id, cluster_id, name, name_key, description, size_gb, started, finished, cluster_key
FROM snapshots
JOIN clusters USING (project_id, cluster_id)
ORDER BY seq;

DROP TABLE snapshots;

ALTER TABLE snapshots_4 RENAME TO snapshots;

CREATE UNIQUE INDEX snapshots_id ON snapshots (id);

CREATE UNIQUE INDEX snapshots_name ON snapshots (project_id, name_key);

-- One for each order of a list. seq is not named, since SQLite would not use it: it ends each index anyway.
CREATE INDEX snapshots_of_project ON snapshots (project_id, started);

CREATE INDEX snapshots_of_cluster_by_started ON snapshots (cluster_key, started);

CREATE INDEX snapshots_of_cluster_by_name ON snapshots (cluster_key, name_key);

CREATE INDEX snapshots_of_cluster_by_size ON snapshots (cluster_key, size_gb, started);

-- Its slots are those of version 3.
DROP TABLE cluster_counts;

CREATE TABLE cluster_counts (
  cluster_key INTEGER NOT NULL,
  slot        INTEGER NOT NULL,
  snapshots   BIGINT  NOT NULL,
  PRIMARY KEY (cluster_key, slot)
);

INSERT INTO cluster_counts (cluster_key, slot, snapshots)
SELECT cluster_key, 0, count(*)
FROM snapshots
GROUP BY cluster_key;

PRAGMA user_version = 4;
