CREATE TABLE snapshots_2 (
  seq         INTEGER          NOT NULL PRIMARY KEY, -- the order of creation; to SQLite the rowid, which ends each index
  id          CHAR(36)         NOT NULL,
  project_id  VARCHAR(64)      NOT NULL,
  cluster_id  VARCHAR(64)      NOT NULL,
  name        VARCHAR(64)      NOT NULL,
  name_key    VARCHAR(64)      NOT NULL, -- the name in lower case
  description VARCHAR(256)     NOT NULL,
  size_gb     DOUBLE PRECISION NOT NULL,
  started     BIGINT           NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
  finished    BIGINT           NOT NULL  -- likewise; until then it is CREATING
);

-- Version 1 knew no sizes, and so has those of a cluster that is configured without one; nor did it know
-- CREATING, and so has the default of the time that a creation takes.
INSERT INTO snapshots_2 (seq, id, project_id, cluster_id, name, name_key, description, size_gb, started, finished)
SELECT rowid, id, project_id, cluster_id, name, name_key, description, 500, started, started + 2000
FROM snapshots
ORDER BY rowid;

DROP TABLE snapshots;

ALTER TABLE snapshots_2 RENAME TO snapshots;

CREATE UNIQUE INDEX snapshots_id ON snapshots (id);

CREATE UNIQUE INDEX snapshots_name ON snapshots (project_id, name_key);

-- One for each order of a list. seq is not named, since SQLite would not use it: it ends each index anyway.
CREATE INDEX snapshots_of_project ON snapshots (project_id, started);

CREATE INDEX snapshots_of_cluster_by_started ON snapshots (project_id, cluster_id, started);

CREATE INDEX snapshots_of_cluster_by_name ON snapshots (project_id, cluster_id, name_key);

CREATE INDEX snapshots_of_cluster_by_size ON snapshots (project_id, cluster_id, size_gb, started);

-- How many there are: to count a million takes 50 ms, and each page of a list tells it.
CREATE TABLE cluster_counts (
  project_id VARCHAR(64) NOT NULL,
  cluster_id VARCHAR(64) NOT NULL,
  snapshots  BIGINT      NOT NULL,
  PRIMARY KEY (project_id, cluster_id)
);

INSERT INTO cluster_counts (project_id, cluster_id, snapshots)
SELECT project_id, cluster_id, count(*)
FROM snapshots
GROUP BY project_id, cluster_id;

PRAGMA user_version = 2;
